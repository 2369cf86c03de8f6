namespace TokenKit.Source;

/// <summary>Resolves the parameters of one key.</summary>
internal delegate ValueTask<IReadOnlyDictionary<string, string>> ResolveTokenParams(TokenKey key, CancellationToken cancellationToken);

/// <summary>What <c>UseParamResolver</c> registered, kept among the services under the token name.</summary>
internal sealed record ParamResolver(ResolveTokenParams ResolveAsync);
