using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Language.Origins;

namespace TokenKit.Http;

/// <summary>The rules of a client's calls, compiled for the definition that is in use.</summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed class PresentCallRules(
    IDefinitionSource definitions, string clientName, ClientChain chain, ClientBaseAddress baseAddress, TimeProvider time)
{
    // Base addresses that a client had count on: it is made anew with each, and calls with the former one may be under way.
    private const int MostBaseAddresses = 16;

    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ImmutableArray<Uri> _baseAddresses = [];
    private long _askedAt;

    // Compiled for one definition and replaced whole. Two calls may compile it at once; either result will do.
    private volatile CallRules? _rules;

    public CallRules Current
    {
        get
        {
            var definition = definitions.Current;
            return _rules is { } rules && ReferenceEquals(rules.Definition, definition) ? rules : Compile(definition);
        }
    }

    /// <summary>
    /// The rules under which a request may go out that the known ones refuse: the client's base address may be another by now.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public CallRules Permitting(HttpRequestMessage request)
    {
        if (CallRules.ReadBaseAddress(definitions.Current))
        {
            lock (_lock)
            {
                if (!Current.Permits(request) && IsAskingDue)
                {
                    AskForBaseAddress();
                    _rules = CallRules.Compile(definitions.Current, clientName, _baseAddresses, chain);
                }
            }
        }

        var rules = Current;
        return rules.Permits(request) ? rules : throw rules.Refusal(request.RequestUri);
    }

    // What a client's configured actions do may cost something, and a call that goes astray may come a thousand times a second.
    private bool IsAskingDue => time.GetElapsedTime(_askedAt) >= LeastInterval;

    private CallRules Compile(TokenDefinition definition)
    {
        lock (_lock)
        {
            // Under another definition tokens may be those of another server: what was remembered before is forgotten.
            _baseAddresses = [];
            if (CallRules.ReadBaseAddress(definition))
            {
                AskForBaseAddress();
            }

            return _rules = CallRules.Compile(definition, clientName, _baseAddresses, chain);
        }
    }

    private void AskForBaseAddress()
    {
        _askedAt = time.GetTimestamp();
        if (baseAddress.Of(clientName) is { IsAbsoluteUri: true } address && !_baseAddresses.Any(known => Origin.AreSame(known, address)))
        {
            _baseAddresses = [.. _baseAddresses.TakeLast(MostBaseAddresses - 1), address];
        }
    }
}
