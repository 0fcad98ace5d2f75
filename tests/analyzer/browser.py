"""Headless Chromium for tests of what people open in a browser: pages and pictures.

    class Page(BrowserCase):
        def test_title(self):
            self.open(self.folder / "report.html")
            self.assertEqual(self.driver.title, "app")

Each class has one browser, and each test begins with an empty page. A test ends with a look at what the
browser saw: errors or warnings on the console, requests to the network and open dialogs fail it.
"""

import json
import pathlib
import tempfile
import time

from support import Case

CHROMIUM, DRIVER = pathlib.Path("/usr/bin/chromium"), pathlib.Path("/usr/bin/chromedriver")
PACKAGES = "chromium, chromium-driver and python3-selenium"
QUIET_SCHEMES = ("file:", "data:", "blob:", "about:", "chrome:", "chrome-extension:", "devtools:")

try:
    from selenium import webdriver
    from selenium.common.exceptions import NoAlertPresentException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None


def start(profile, width=1366, height=768):
    """A browser with its own profile folder; the caller quits it."""
    if webdriver is None or not CHROMIUM.exists() or not DRIVER.exists():
        raise AssertionError(f"no browser to test with: install {PACKAGES}, and run with /usr/bin/python3")
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--disable-quic", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-default-apps",
                     "--hide-scrollbars", "--force-device-scale-factor=1", "--lang=en-US",
                     f"--user-data-dir={profile}", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(str(DRIVER)), options=options)
    driver.set_page_load_timeout(120)
    return driver


class BrowserCase(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(profile.cleanup)
        cls.driver = start(profile.name)
        cls.addClassCleanup(cls.driver.quit)

    def setUp(self):
        super().setUp()
        self.driver.get("about:blank")
        self.resize(1366, 768)
        self.prefer()
        self.seen()
        self.addCleanup(self.check_quiet)

    def open(self, path, fragment=""):
        """Loads the file from the disk, as a person would."""
        self.driver.get("about:blank")
        self.driver.get(pathlib.Path(path).resolve().as_uri() + fragment)

    def ready(self, fragment):
        """The page shows what its address says."""
        self.wait(lambda: self.script("return document.body.dataset.ready") == fragment, fragment)

    def go(self, fragment):
        self.script("location.hash = arguments[0]", fragment)
        self.ready(fragment)

    def resize(self, width, height):
        """The size of the page itself, which may be smaller than a window can be."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme="light", motion="reduce", media=""):
        """What the page's style sheet is told: dark or light; with motion or not; "print"."""
        self.command("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def command(self, name, **arguments):
        return self.driver.execute_cdp_cmd(name, arguments)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def find(self, selector):
        """The only element that fits."""
        found = self.all(selector)
        self.assertEqual(len(found), 1, selector)
        return found[0]

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return [element.text for element in self.all(selector)]

    def press(self, *keys):
        """Keys as they come from the keyboard, to whatever has the focus."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def wait(self, condition, message="the page does not get there"):
        """Until the condition, a function or a script that returns something true, holds; returns that."""
        for _ in range(1000):
            value = self.script(condition) if isinstance(condition, str) else condition()
            if value:
                return value
            time.sleep(0.02)
        self.fail(f"{message}: {condition}")

    def picture(self, path):
        self.driver.save_screenshot(str(path))

    def seen(self):
        """Lines on the console, and addresses asked for, since the last time."""
        lines = [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]
        requests = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                requests.append(message["params"]["request"]["url"])
        return lines, requests

    def check_quiet(self):
        try:
            text = self.driver.switch_to.alert.text
            self.driver.switch_to.alert.dismiss()
            self.fail(f"a dialog is open: {text}")
        except NoAlertPresentException:
            pass
        lines, requests = self.seen()
        self.assertEqual(lines, [])
        self.assertEqual([url for url in requests if not url.startswith(QUIET_SCHEMES)], [])

