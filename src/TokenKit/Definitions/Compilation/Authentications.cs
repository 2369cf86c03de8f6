using TokenKit.Definitions.Configuration;

namespace TokenKit.Definitions.Compilation;

/// <summary>Reads how a client authenticates.</summary>
internal static class Authentications
{
    /// <summary>The words of the registry of OAuth, and two of our own.</summary>
    public static readonly WordSet<ClientAuthenticationMethod> Words = new(
        (ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethod.ClientSecretBasic),
        (ClientAuthenticationMethods.ClientSecretPost, ClientAuthenticationMethod.ClientSecretPost),
        (ClientAuthenticationMethods.ClientSecretJwt, ClientAuthenticationMethod.ClientSecretJwt),
        (ClientAuthenticationMethods.PrivateKeyJwt, ClientAuthenticationMethod.PrivateKeyJwt),
        (ClientAuthenticationMethods.TlsClientAuth, ClientAuthenticationMethod.TlsClientAuth),
        (ClientAuthenticationMethods.SelfSignedTlsClientAuth, ClientAuthenticationMethod.SelfSignedTlsClientAuth),
        (ClientAuthenticationMethods.None, ClientAuthenticationMethod.None),
        (ClientAuthenticationMethods.Off, ClientAuthenticationMethod.Off));

    public static ClientAuthenticationMethod Read(
        CompilationContext context, string path, string? text, ClientAuthenticationMethod otherwise)
    {
        if (text is null)
        {
            return otherwise;
        }

        if (Words.Find(text) is { } method)
        {
            return method;
        }

        context.Fault(path, Words.ProblemWith(text));
        return otherwise;
    }

    public static string NameOf(ClientAuthenticationMethod method) => Words.WordOf(method) ?? ClientAuthenticationMethods.Off;
}
