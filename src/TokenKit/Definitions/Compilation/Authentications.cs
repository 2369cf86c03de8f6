namespace TokenKit.Definitions.Compilation;

/// <summary>Reads how a client authenticates.</summary>
internal static class Authentications
{
    public static ClientAuthenticationMethod Read(
        CompilationContext context, string path, string? text, ClientAuthenticationMethod otherwise) =>
        context.Choice(
            path,
            text,
            otherwise,
            (ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethod.ClientSecretBasic),
            (ClientAuthenticationMethods.ClientSecretPost, ClientAuthenticationMethod.ClientSecretPost),
            (ClientAuthenticationMethods.ClientSecretJwt, ClientAuthenticationMethod.ClientSecretJwt),
            (ClientAuthenticationMethods.PrivateKeyJwt, ClientAuthenticationMethod.PrivateKeyJwt),
            (ClientAuthenticationMethods.TlsClientAuth, ClientAuthenticationMethod.TlsClientAuth),
            (ClientAuthenticationMethods.SelfSignedTlsClientAuth, ClientAuthenticationMethod.SelfSignedTlsClientAuth),
            (ClientAuthenticationMethods.None, ClientAuthenticationMethod.None),
            (ClientAuthenticationMethods.Off, ClientAuthenticationMethod.Off));

    public static string NameOf(ClientAuthenticationMethod method) => method switch
    {
        ClientAuthenticationMethod.ClientSecretBasic => ClientAuthenticationMethods.ClientSecretBasic,
        ClientAuthenticationMethod.ClientSecretPost => ClientAuthenticationMethods.ClientSecretPost,
        ClientAuthenticationMethod.ClientSecretJwt => ClientAuthenticationMethods.ClientSecretJwt,
        ClientAuthenticationMethod.PrivateKeyJwt => ClientAuthenticationMethods.PrivateKeyJwt,
        ClientAuthenticationMethod.TlsClientAuth => ClientAuthenticationMethods.TlsClientAuth,
        ClientAuthenticationMethod.SelfSignedTlsClientAuth => ClientAuthenticationMethods.SelfSignedTlsClientAuth,
        ClientAuthenticationMethod.None => ClientAuthenticationMethods.None,
        _ => ClientAuthenticationMethods.Off,
    };

    public static BasicEncoding ReadEncoding(CompilationContext context, string path, string? text, BasicEncoding otherwise) =>
        context.Choice(path, text, otherwise, ("form", BasicEncoding.Form), ("raw", BasicEncoding.Raw));
}
