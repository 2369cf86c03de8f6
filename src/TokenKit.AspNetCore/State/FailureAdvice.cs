namespace TokenKit;

/// <summary>A failure in plain words: what happened, for people who read no code, and what to do.</summary>
internal sealed record FailureAdvice(string WhatHappened, string WhatToDo)
{
    public static FailureAdvice For(RefreshFailureReason reason) => reason switch
    {
        RefreshFailureReason.ReauthorizationRequired => new(
            "The server gives no token without a person.",
            "A person must consent again, or an operator must put in a new token. The message says what was refused."),
        RefreshFailureReason.ClientRejected => new(
            "The server did not accept the client or the login.",
            "Correct what the program shows to be let in: client id, secret, password, assertion or certificate. What is stored is kept."),
        RefreshFailureReason.RequestRejected => new(
            "The server found the request wrong.",
            "Correct the definition: scope, audience or grant. Trying again changes nothing."),
        RefreshFailureReason.Throttled => new(
            "The server asked to wait.",
            "Nothing now. The next attempt waits as long as the server asked. If this stays, ask the server less often."),
        RefreshFailureReason.ServerError => new(
            "The server failed.",
            "Nothing now. The refresh is tried again. If this stays, look at the server."),
        RefreshFailureReason.Unreachable => new(
            "The server could not be reached.",
            "The refresh is tried again. If this stays, look at the server's name, the network, a proxy and the certificate."),
        RefreshFailureReason.TimedOut => new(
            "The server did not answer in time.",
            "The refresh is tried again. If this stays, look at the server."),
        RefreshFailureReason.AnswerRefused => new(
            "The server answered with a redirect, or with far too much.",
            "Correct the address of the token endpoint."),
        RefreshFailureReason.AnswerUnreadable => new(
            "The server's answer could not be read.",
            "The refresh is tried again. If this stays, something else answers at that address, or the definition reads the answer wrongly."),
        RefreshFailureReason.TokenMissing => new(
            "The server's answer held no token.",
            "The refresh is tried again. If this stays, correct where the definition looks for the token."),
        RefreshFailureReason.TokenInvalid => new(
            "The server's answer held a token that cannot be used.",
            "Look at what the server issues: its type, and characters that do not belong into a header."),
        RefreshFailureReason.SecretUnavailable => new(
            "A credential is missing, or the secret is locked.",
            "Provide the credential that the message names, or unlock the secret."),
        RefreshFailureReason.StoreUnavailable => new(
            "The store could not be read or written.",
            "The refresh is tried again. Look at the store: is it up, and may this program write there?"),
        _ => new(
            "Another machine stored a newer token.",
            "Nothing. The newer token is used."),
    };
}
