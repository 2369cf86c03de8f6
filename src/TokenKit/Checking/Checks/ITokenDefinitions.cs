namespace TokenKit;

/// <summary>Shows what the registered definitions do, without a server.</summary>
/// <remarks>
/// A singleton, safe for use by several threads. Nothing is sent, and no store is read or written. Neither the objects nor
/// their texts show a secret.
/// </remarks>
/// <example>
/// <code>
/// var definitions = services.GetRequiredService&lt;ITokenDefinitions&gt;();
/// Console.WriteLine(definitions.Explain("crm"));
/// DefinitionCheck check = await definitions.CheckAsync("crm", [answer]);
/// Console.WriteLine(check);
/// </code>
/// </example>
public interface ITokenDefinitions
{
    /// <summary>The registered token names, in the order of registration.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Explains a definition: the requests it would send, with secrets and tokens masked, how the token is placed, and where
    /// every value comes from, down to the configuration provider of each key.
    /// </summary>
    /// <param name="name">The token name.</param>
    /// <returns>The explanation; its text is for people.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not registered.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The definition cannot work; the message lists every fault.</exception>
    TokenExplanation Explain(string name);

    /// <summary>
    /// Runs refresh after refresh against recorded answers until these are used up, with the very steps of a real one: only
    /// transport, clock, store and chance are replaced, and no request is sent twice (<c>Resilience.Attempts</c> is 1).
    /// </summary>
    /// <param name="name">The token name.</param>
    /// <param name="answers">What the server answers, in order; a request with several steps takes several.</param>
    /// <param name="options">What to begin with; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the check between two refreshes.</param>
    /// <returns>What came of each refresh.</returns>
    /// <remarks>
    /// The first refresh finds nothing stored but <see cref="DefinitionCheckOptions.Stored"/>; each later one finds what the
    /// one before left, at the instant at which it is due. After an answer that ends the grant everything begins anew.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not registered.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The definition cannot work; the message lists every fault.</exception>
    ValueTask<DefinitionCheck> CheckAsync(
        string name, IReadOnlyList<TokenAnswer> answers, DefinitionCheckOptions? options = null, CancellationToken cancellationToken = default);
}
