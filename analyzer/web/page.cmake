# The pages that `profinst html` and `profinst diff` write copies of, bundled from web/ and packages of npm. These are installed into the
# build folder, and again only when package-lock.json is another.
find_program(PROFINST_NPM npm DOC "npm, which comes with node")
find_program(PROFINST_NODE node DOC "node, at least 18")
if(NOT PROFINST_NPM OR NOT PROFINST_NODE)
  message(FATAL_ERROR "The page of 'profinst html' is bundled with npm: install the package npm")
endif()

set(web ${CMAKE_CURRENT_SOURCE_DIR}/web)
set(web_build ${CMAKE_CURRENT_BINARY_DIR}/web)
file(GLOB web_sources CONFIGURE_DEPENDS ${web}/src/*.js ${web}/style/*.css ${web}/notices/*.txt)

set(web_installed ${web_build}/installed)
add_custom_command(
    OUTPUT ${web_installed}
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${web}/package.json ${web}/package-lock.json ${web}/.npmrc ${web_build}
    COMMAND ${CMAKE_COMMAND} -E chdir ${web_build} ${PROFINST_NPM} ci --prefer-offline --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${web_installed}
    DEPENDS ${web}/package.json ${web}/package-lock.json ${web}/.npmrc
    COMMENT "Installing the page's packages from npm"
    VERBATIM)
foreach(part page_head page_tail diff_head diff_tail)
  list(APPEND web_pages ${web_build}/${part}.html)
endforeach()
add_custom_command(
    OUTPUT ${web_pages} ${web_build}/NOTICE
    COMMAND ${PROFINST_NODE} ${web}/build.mjs ${web} ${web_build} ${PROJECT_VERSION}
    DEPENDS ${web_installed} ${web}/build.mjs ${web}/page.html ${web_sources}
    COMMENT "Bundling the pages"
    VERBATIM)

enable_language(ASM)
set_source_files_properties(page_template.S PROPERTIES
    OBJECT_DEPENDS "${web_pages}"
    COMPILE_OPTIONS "-Wa,-I${web_build}")
install(FILES ${web_build}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
