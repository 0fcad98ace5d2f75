/* The external definition of an inline function; without the plugin. */
int available(int x)
{
    return x;
}
