namespace Definitions;

internal static class Usage
{
    public const string Text = """
        Usage: Definitions list                    the definitions that come with the sample
               Definitions explain NAME | FILE     the requests a definition would send, and where its values come from
               Definitions check NAME              what one of them makes of its recorded answers
               Definitions check-all               all of them
               Definitions check FILE ANSWERS …    what a definition of your own makes of recorded answers
               Definitions run FILE …              a real refresh, told as JSON

        FILE      a definition as it stands under TokenRefresh:NAME, or a configuration file with a section TokenRefresh
        ANSWERS   [{ "status": 200, "headers": { … }, "body": … }, …]; body is text or JSON

        --secrets FILE             a flat JSON object: the values of ${secret.NAME}
        --param NAME=VALUE         sets or replaces one of Params; may come several times
        --subject NAME             whose token
        --name NAME                which token, where FILE has several

        check  --now INSTANT              when the first refresh begins
               --json                     prints JSON instead of text

        run    --base-url URL             takes the place of every origin; http is allowed on loopback. Without it the requests
                                          go where the definition says
               --refresh-token-file FILE  a refresh token to begin with
               --store DIR                keeps the tokens, encrypted, for the next run; the key is in DIR.key
               --times N                  that many refreshes, one line of JSON for each; 1 by default

        Exit code: 0 success, 1 a refresh failed or was not as expected, 2 the definition, a file or the command line cannot
        work (see stderr).
        """;
}
