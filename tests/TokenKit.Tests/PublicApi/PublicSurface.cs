using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace TokenKit.Tests;

/// <summary>Prints what a user of an assembly can reach, as C# signatures with nullability, sorted by name.</summary>
/// <remarks>
/// What records generate by themselves is left out: the word <c>record</c> says it. Their <c>Deconstruct</c> is shown, since it fixes
/// an order of members for ever.
/// </remarks>
internal sealed class PublicSurface
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>Attributes that are part of what a signature promises.</summary>
    private static readonly Type[] TellingAttributes =
    [
        typeof(NotNullWhenAttribute), typeof(MaybeNullWhenAttribute), typeof(NotNullIfNotNullAttribute), typeof(MemberNotNullWhenAttribute), typeof(DoesNotReturnAttribute),
        typeof(ObsoleteAttribute), typeof(ExperimentalAttribute), typeof(RequiresUnreferencedCodeAttribute), typeof(RequiresDynamicCodeAttribute),
        typeof(StringSyntaxAttribute), typeof(FlagsAttribute),
    ];

    private readonly NullabilityInfoContext nullability = new();

    public static string Print(Assembly assembly)
    {
        var surface = new PublicSurface();
        var types = assembly.GetTypes()
            .Where(type => type.IsVisible && !ShippedAssemblies.IsGenerated(type))
            .OrderBy(type => type.FullName, StringComparer.Ordinal);
        return string.Join('\n', types.Select(surface.PrintType));
    }

    private string PrintType(Type type)
    {
        var text = new StringBuilder();
        foreach (var attribute in Attributes(type))
        {
            text.Append(attribute).Append('\n');
        }

        text.Append(Head(type));
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return text.Append(";\n").ToString();
        }

        text.Append("\n{\n");
        foreach (var member in Members(type))
        {
            text.Append("    ").Append(member).Append('\n');
        }

        return text.Append("}\n").ToString();
    }

    private string Head(Type type)
    {
        var name = $"{type.Namespace}.{NameOf(type)}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"public delegate {Render(nullability.Create(invoke.ReturnParameter))} {name}({Parameters(invoke)}){Constraints(type)}";
        }

        if (type.IsEnum)
        {
            return $"public enum {name} : {Plain(type.GetEnumUnderlyingType())}";
        }

        var inherited = type.BaseType is { } parent ? parent.GetInterfaces() : [];
        var bases = (type.BaseType is null || type.BaseType == typeof(object) || type.IsValueType ? [] : new[] { type.BaseType })
            .Concat(type.GetInterfaces().Except(inherited).Except(type.GetInterfaces().SelectMany(one => one.GetInterfaces()))
                .Where(one => one.IsVisible && !(IsRecord(type) && IsEquatable(one))).OrderBy(Plain, StringComparer.Ordinal))
            .Select(Plain)
            .ToList();
        return $"public {Modifiers(type)}{Kind(type)} {name}{(bases.Count == 0 ? "" : " : " + string.Join(", ", bases))}{Constraints(type)}";
    }

    private IEnumerable<string> Members(Type type)
    {
        const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(value => (Number: Convert.ToInt64(value.GetRawConstantValue(), CultureInfo.InvariantCulture), value.Name))
                .OrderBy(value => value.Number)
                .Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} = {value.Number},"));
        }

        var constructors = type.GetConstructors(Everything).Where(one => IsOpen(one) && !ShippedAssemblies.IsGenerated(one))
            .Select(one => (one.Name, Text: $"{Attribution(one)}{Access(one)}{NameOf(type).Split('<')[0]}({Parameters(one)});"));
        var fields = type.GetFields(Everything).Where(one => one.IsPublic && !ShippedAssemblies.IsGenerated(one)).Select(one => (one.Name, Text: PrintField(one)));
        var properties = type.GetProperties(Everything).Where(one => one.GetAccessors(nonPublic: true).Any(IsOpen) && !ShippedAssemblies.IsGenerated(one))
            .Select(one => (one.Name, Text: PrintProperty(one)));
        var events = type.GetEvents(Everything).Where(one => IsOpen(one.AddMethod!))
            .Select(one => (one.Name, Text: $"{Access(one.AddMethod!)}event {Render(nullability.Create(one))} {one.Name};"));
        var methods = type.GetMethods(Everything)
            .Where(one => IsOpen(one)
                && (one.Name == "Deconstruct" || !ShippedAssemblies.IsGenerated(one))
                && (!one.IsSpecialName || one.Name.StartsWith("op_", StringComparison.Ordinal)))
            .Select(one => (one.Name, Text: PrintMethod(one)));
        return new[] { constructors, fields, properties, events, methods }
            .SelectMany(group => group.OrderBy(static member => member.Name, StringComparer.Ordinal).ThenBy(static member => member.Text, StringComparer.Ordinal))
            .Select(static member => member.Text);
    }

    private string PrintField(FieldInfo field) => field.IsLiteral
        ? $"public const {Plain(field.FieldType)} {field.Name} = {Literal(field.GetRawConstantValue(), field.FieldType)};"
        : $"{Attribution(field)}public {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Render(nullability.Create(field))} {field.Name};";

    private string PrintProperty(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsOpen).ToList();
        var widest = accessors.FirstOrDefault(one => one.IsPublic) ?? accessors[0];
        var name = property.GetIndexParameters() is { Length: > 0 } index ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name;
        var parts = new List<string>();
        if (property.GetMethod is { } get && IsOpen(get))
        {
            parts.Add("get;");
        }

        if (property.SetMethod is { } set && IsOpen(set))
        {
            var isInit = set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            parts.Add((set.IsPublic == widest.IsPublic ? "" : "protected ") + (isInit ? "init;" : "set;"));
        }

        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Attribution(property)}{Access(widest)}{required}{Render(nullability.Create(property))} {name} {{ {string.Join(' ', parts)} }}";
    }

    private string PrintMethod(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : "";
        var result = method.Name.StartsWith("op_", StringComparison.Ordinal) ? "operator " : "";
        return $"{Attribution(method)}{Access(method)}{Render(nullability.Create(method.ReturnParameter))} {result}{method.Name}{generic}({Parameters(method)})"
            + $"{string.Concat(method.GetGenericArguments().Select(Constraint))};";
    }

    private string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.IsIn && parameter.ParameterType.IsByRef ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? $" = {Literal(parameter.DefaultValue, parameter.ParameterType)}" : "";
        return $"{Attribution(parameter)}{many}{way}{Render(nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ when type.IsEnum => $"{type.Name}.{Enum.ToObject(type, value)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <summary>A type with the question marks its place in a signature gives it.</summary>
    private static string Render(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        var mark = info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            (type, mark) = (underlying, "?");
        }

        if (type.IsArray && info.ElementType is { } element)
        {
            return $"{Render(element)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        return type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length
            ? Compose(type, info.GenericTypeArguments.Select(Render)) + mark
            : Plain(type) + (type.IsValueType && mark.Length > 0 && Nullable.GetUnderlyingType(info.Type) is null ? "" : mark);
    }

    private static string Plain(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Plain(underlying) + "?";
        }

        if (type.IsArray)
        {
            return Plain(type.GetElementType()!) + "[]";
        }

        return type.IsGenericType ? Compose(type, type.GetGenericArguments().Select(Plain)) : NameOf(type);
    }

    private static string Compose(Type type, IEnumerable<string> arguments) =>
        type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
            ? $"({string.Join(", ", arguments)})"
            : $"{NameOf(type).Split('<')[0]}<{string.Join(", ", arguments)}>";

    /// <summary>The name as one writes it, with the types around it and its own type parameters.</summary>
    private static string NameOf(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        var name = type.Name.Split('`')[0];
        var parameters = type.IsGenericTypeDefinition ? $"<{string.Join(", ", type.GetGenericArguments().Select(Variance))}>" : "";
        return (type.DeclaringType is { } outer ? NameOf(outer).Split('<')[0] + "." : "") + name + parameters;
    }

    private static string Variance(Type parameter) => (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => "out " + parameter.Name,
        GenericParameterAttributes.Contravariant => "in " + parameter.Name,
        _ => parameter.Name,
    };

    private static string Constraints(Type type) => string.Concat((type.IsGenericTypeDefinition ? type.GetGenericArguments() : []).Select(Constraint));

    private static string Constraint(Type parameter)
    {
        var special = parameter.GenericParameterAttributes;
        var all = new List<string>();
        if (special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            all.Add("struct");
        }
        else if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            all.Add("class");
        }

        all.AddRange(parameter.GetGenericParameterConstraints().Where(one => one != typeof(ValueType)).Select(Plain));
        if (special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            all.Add("new()");
        }

        return all.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", all)}";
    }

    private static string Modifiers(Type type) => type switch
    {
        { IsInterface: true } => "",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "",
        { IsAbstract: true, IsSealed: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsSealed: true } => "sealed ",
        _ => "",
    };

    private static string Kind(Type type) =>
        (type.IsInterface, IsRecord(type), type.IsValueType) switch
        {
            (true, _, _) => "interface",
            (_, true, true) => "record struct",
            (_, true, false) => "record",
            (_, false, true) => "struct",
            _ => "class",
        };

    private static bool IsRecord(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Any(method => method.Name is "<Clone>$" || (type.IsValueType && method.Name == "PrintMembers" && method.IsDefined(typeof(CompilerGeneratedAttribute))));

    private static bool IsEquatable(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEquatable<>);

    private static bool IsOpen(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && method.DeclaringType is { IsSealed: false });

    private static string Access(MethodBase method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return method.IsStatic ? "static " : "";
        }

        var reach = method.IsPublic ? "public " : "protected ";
        var kind = method switch
        {
            { IsStatic: true } => "static ",
            { IsConstructor: true } => "",
            { IsAbstract: true } => "abstract ",
            MethodInfo one when one.GetBaseDefinition() != one => one.IsFinal ? "sealed override " : "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return reach + kind;
    }

    private static string Attribution(MemberInfo member) => string.Concat(Attributes(member).Select(one => one + " "));

    private static string Attribution(ParameterInfo parameter) => string.Concat(Attributes(parameter).Select(one => one + " "));

    private static IEnumerable<string> Attributes(ICustomAttributeProvider provider)
    {
        var data = provider is MemberInfo member ? member.GetCustomAttributesData() : ((ParameterInfo)provider).GetCustomAttributesData();
        // With the compiler's own mark beside it, "obsolete" is meant for compilers that do not know required members.
        var isForOldCompilers = data.Any(one => one.AttributeType == typeof(CompilerFeatureRequiredAttribute));
        return data.Where(one => TellingAttributes.Contains(one.AttributeType) && !(isForOldCompilers && one.AttributeType == typeof(ObsoleteAttribute))).Select(PrintAttribute).Order(StringComparer.Ordinal);
    }

    private static string PrintAttribute(CustomAttributeData data)
    {
        var arguments = data.ConstructorArguments.Select(one => Argument(one))
            .Concat(data.NamedArguments.Select(one => $"{one.MemberName} = {Argument(one.TypedValue)}"));
        var list = string.Join(", ", arguments);
        return $"[{data.AttributeType.Name[..^"Attribute".Length]}{(list.Length == 0 ? "" : $"({list})")}]";
    }

    private static string Argument(CustomAttributeTypedArgument argument) => argument.Value is IReadOnlyList<CustomAttributeTypedArgument> many
        ? string.Join(", ", many.Select(Argument))
        : Literal(argument.Value, argument.ArgumentType);
}
