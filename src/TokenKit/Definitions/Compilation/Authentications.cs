namespace TokenKit;

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
            (ClientAuthenticationMethods.None, ClientAuthenticationMethod.None),
            (ClientAuthenticationMethods.Off, ClientAuthenticationMethod.Off));

    public static BasicEncoding ReadEncoding(CompilationContext context, string path, string? text, BasicEncoding otherwise) =>
        context.Choice(path, text, otherwise, ("form", BasicEncoding.Form), ("raw", BasicEncoding.Raw));
}
