using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles keys and the tokens that a definition signs itself.</summary>
internal static class JwtCompiler
{
    public static ImmutableDictionary<string, JwtDefinition> Compile(CompilationContext context)
    {
        MapNames.Check(context, "Jwt", context.Options.Jwt.Keys);
        return context.Options.Jwt.ToImmutableDictionary(
            static pair => pair.Key, pair => Compile(context, pair.Key, pair.Value), StringComparer.Ordinal);
    }

    /// <summary>The key of <c>Client</c>.</summary>
    public static KeyDefinition ClientKey(CompilationContext context, SigningAlgorithm? algorithm)
    {
        var client = context.Options.Client;
        return new KeyDefinition
        {
            Key = Texts(context, "Client.Key", client.Key),
            Format = client.KeyFormat,
            Password = Texts(context, "Client.KeyPassword", client.KeyPassword),
            KeyId = Texts(context, "Client.KeyId", client.KeyId),
            Algorithm = algorithm,
        };
    }

    public static SigningAlgorithm? Algorithm(CompilationContext context, string path, string? name)
    {
        if (name is null)
        {
            return null;
        }

        var algorithm = SigningAlgorithm.Find(name);
        if (algorithm is null)
        {
            context.Fault(path, $"is {QuotedText.Of(name)} and must be one of {string.Join(", ", SigningAlgorithm.Names)}");
        }

        return algorithm;
    }

    private static JwtDefinition Compile(CompilationContext context, string name, TokenJwtOptions options)
    {
        var path = $"Jwt.{name}";
        var header = Tree(context, $"{path}.Header", options.Header, RootSet.Jwt);
        var claims = Tree(context, $"{path}.Claims", options.Claims, RootSet.Jwt);
        var key = Key(context, path, options);
        return new JwtDefinition
        {
            Name = name,
            Key = key,
            Header = header,
            Claims = claims,
            Lifetime = options.Lifetime,
            References =
            [
                .. key.References.Concat(header?.References ?? []).Concat(claims?.References ?? []).Append(new("now", null)).Distinct(),
            ],
        };
    }

    private static KeyDefinition Key(CompilationContext context, string path, TokenJwtOptions options)
    {
        var algorithm = Algorithm(context, $"{path}.Algorithm", options.Algorithm);
        if (options.Key is { Count: > 0 })
        {
            return new KeyDefinition
            {
                Key = Texts(context, $"{path}.Key", options.Key),
                Format = options.KeyFormat,
                Algorithm = algorithm,
            };
        }

        if (options.KeyFormat is not null)
        {
            context.Fault($"{path}.KeyFormat", "is the format of Key, which is missing");
        }

        if (context.Options.Client.Key is not { Count: > 0 })
        {
            context.Fault($"{path}.Key", "is missing, and so is Client.Key; it is what signs, such as ${secret.signing-key}");
        }

        return ClientKey(context, algorithm);
    }

    /// <summary>Header or claims: an object whose strings are templates.</summary>
    public static JsonTemplate? Tree(CompilationContext context, string path, JsonNode? tree, RootSet roots)
    {
        if (tree is null || context.Readable(path, tree) is null)
        {
            return null;
        }

        var written = tree is JsonValue value && value.TryGetValue<string>(out var text) ? Parse(context, path, text) : tree;
        if (written is not JsonObject)
        {
            context.Fault(path, "must be an object of names and templates");
            return null;
        }

        return context.Json(path, () => written, roots);
    }

    private static JsonNode? Parse(CompilationContext context, string path, string text)
    {
        try
        {
            return JsonTemplateParser.ReadText(text);
        }
        catch (ExpressionSyntaxException fault)
        {
            context.Fault(path, fault.MessageWithoutText);
            return new JsonObject();
        }
    }

    private static ImmutableArray<Template> Texts(CompilationContext context, string path, TextList? texts) =>
        context.Templates(path, texts, TemplatePlace.Value, RootSet.Client, isSecret: true);
}
