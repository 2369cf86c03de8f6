using System.Runtime.CompilerServices;
using TokenKit.Definitions.Compilation;

namespace TokenKit.Definitions;

/// <summary>Hands what the check at start has compiled to the source of the definition, so that each is compiled once.</summary>
/// <remarks>One for a container. Safe for use by several threads.</remarks>
internal sealed class CompiledDefinitions
{
    private readonly ConditionalWeakTable<TokenRefreshOptions, Compiled> _checked = [];
    private int _count;

    /// <summary>How often options were compiled.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Compiles options and keeps the result for whoever takes it.</summary>
    public DefinitionCompilation Check(string name, TokenRefreshOptions options)
    {
        var compilation = Compile(name, options);
        _checked.AddOrUpdate(options, new(name, compilation));
        return compilation;
    }

    /// <summary>The result of the check of these options, once, or a new one: whoever has changed them since wants that.</summary>
    public DefinitionCompilation Take(string name, TokenRefreshOptions options)
    {
        if (_checked.TryGetValue(options, out var known) && known.Name == name)
        {
            _checked.Remove(options);
            return known.Compilation;
        }

        return Compile(name, options);
    }

    private DefinitionCompilation Compile(string name, TokenRefreshOptions options)
    {
        Interlocked.Increment(ref _count);
        return DefinitionCompiler.Compile(name, options);
    }

    private sealed record Compiled(string Name, DefinitionCompilation Compilation);
}
