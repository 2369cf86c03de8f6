namespace Definitions;

internal static class Usage
{
    public const string Text = """
        Usage: Definitions run FILE [--secrets FILE] [--base-url URL] …   perform a refresh and print the outcome as JSON

        FILE is a definition as it stands under TokenRefresh:NAME, or a configuration file with a section TokenRefresh.

        --secrets FILE             a flat JSON object: the values of ${secret.NAME}
        --base-url URL             takes the place of every origin; http is allowed on loopback. Without it the requests go
                                   where the definition says
        --param NAME=VALUE         sets or replaces one of Params; may come several times
        --subject NAME             whose token
        --refresh-token-file FILE  a refresh token to begin with
        --store DIR                keeps the tokens, encrypted, for the next run; the key is in DIR.key
        --times N                  that many refreshes, one line of JSON for each; 1 by default
        --name NAME                which token, where FILE has several

        Exit code: 0 success, 1 a refresh failed, 2 the definition or the command line cannot work (see stderr).
        """;
}
