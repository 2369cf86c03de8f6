using TokenKit.Definitions;

namespace TokenKit.Http;

/// <summary>The rules of a client's calls, compiled for the definition that is in use.</summary>
/// <remarks>Safe for use by several threads.</remarks>
internal sealed class PresentCallRules(IDefinitionSource definitions, string clientName, ClientBaseAddress baseAddress)
{
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

    // A method of its own: the usual call has no closure to make.
    private CallRules Compile(TokenDefinition definition) =>
        _rules = CallRules.Compile(definition, clientName, () => baseAddress.Of(clientName));
}
