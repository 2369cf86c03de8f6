using System.Reflection;
using System.Runtime.CompilerServices;

namespace TokenKit.Tests;

/// <summary>The house rules a compiler cannot check. When a rule gets an exception, it stands here with its reason.</summary>
public sealed class ConventionTests
{
    /// <summary>Packages we may stand on; whatever else turns up is a decision, not an accident.</summary>
    // netstandard is what the coverage collector adds to the assembly it watches.
    private static readonly string[] AllowedReferences = ["System", "Microsoft.Win32.Primitives", "Microsoft.Extensions", "Microsoft.AspNetCore", "Microsoft.Net.Http.Headers", "Polly.Core", "Npgsql", "StackExchange.Redis", "TokenKit", "netstandard"];

    /// <summary>Public classes meant to be derived from, each with its reason.</summary>
    private static readonly Dictionary<string, string> OpenByDesign = [];

    /// <summary>Public implementations of our own interfaces, each with its reason.</summary>
    private static readonly Dictionary<string, string> VisibleByDesign = new()
    {
        ["TokenKit.InMemorySecretStore"] = "A user's own store wraps it, and its tests compare with it.",
        ["TokenKit.FileSecretStore"] = "Tools that look after the directory open it without a container.",
        ["TokenKit.SealedSecretStore"] = "A user puts it around a store of its own.",
        ["TokenKit.AesGcmSecretProtector"] = "A user's own store seals with it what it writes.",
    };

    /// <summary>Public texts that are called like a member of a closed set, each with the reason why it is none.</summary>
    private static readonly Dictionary<string, string> OpenByNature = new()
    {
        ["AccessToken.Type"] = "Token types have a registry (RFC 6749 section 7.1).",
        ["TokenCandidate.TokenType"] = "As the server named it.",
        ["TokenSet.TokenType"] = "As the server named it.",
        ["TokenRequestOptions.ContentType"] = "A media type.",
        ["TokenFailureOptions.When"] = "An expression.",
        ["TokenResponseOptions.ExpiresAtFormat"] = "A pattern of the platform.",
        ["TokenResponseOptions.ExpiresInFormat"] = "A pattern.",
        ["ExplainedRequest.When"] = "A sentence for people.",
        ["TokenValidationResult.Reason"] = "A sentence for people.",
        ["PostgreSqlStoreException.SqlState"] = "The database's own codes.",
        ["ReceivedTokenRequest.GrantType"] = "What the request said, right or wrong.",
        ["RecordedMeasurement.Unit"] = "What the instrument said.",
    };

    /// <summary>Public enums whose first member is not <c>Unknown</c>, each with the reason why its default is right.</summary>
    private static readonly Dictionary<string, string> ZeroByDesign = new()
    {
        ["TokenKit.SecretConditionKind"] = "No condition is the default of SecretCondition, as its documentation says.",
        ["TokenKit.TokenState"] = "A token that nobody has used yet is what an empty status is of.",
        ["TokenKit.Testing.TokenRequestOutcome"] = "A request is pending until it is judged.",
        ["TokenKit.Testing.FakeClientAuthentication"] = "Flags: none is none.",
    };

    /// <summary>Static fields that change, each with its reason.</summary>
    private static readonly Dictionary<string, string> MayChange = new()
    {
        ["TokenKit.Work.WaitingThread._isThis"] = "of one thread, and set back before its method returns",
    };

    public static TheoryData<string> Assemblies => ShippedAssemblies.Names;

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_classes_are_sealed_or_static_or_abstract_on_purpose(string assembly)
    {
        var open = ShippedAssemblies.Load(assembly).WrittenTypes()
            .Where(type => type.IsPublicToUsers() && type.IsClass && !type.IsSealed && !type.IsAbstract && !OpenByDesign.ContainsKey(type.FullName!));

        open.Should().BeEmpty("a class can be opened later and never closed again; list it in OpenByDesign with the reason");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Internal_classes_are_sealed_unless_something_derives_from_them(string assembly)
    {
        var types = ShippedAssemblies.Load(assembly).WrittenTypes().ToList();
        var bases = types.Select(type => Open(type.BaseType)).ToHashSet();

        var open = types.Where(type => !type.IsPublicToUsers() && type.IsClass && !type.IsSealed && !type.IsAbstract && !bases.Contains(type));

        open.Should().BeEmpty();

        static Type? Open(Type? type) => type is { IsGenericType: true } ? type.GetGenericTypeDefinition() : type;
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_records_have_no_positional_members(string assembly)
    {
        var positional = ShippedAssemblies.Load(assembly).WrittenTypes()
            .Where(type => type.IsPublicToUsers() && type.GetMethod("Deconstruct") is { } generated && generated.IsDefined(typeof(CompilerGeneratedAttribute)));

        positional.Should().BeEmpty("a member that is added later breaks the constructor and Deconstruct of a positional record");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_signatures_have_no_immutable_collections(string assembly)
    {
        var members = ShippedAssemblies.Load(assembly).WrittenTypes().Where(type => type.IsPublicToUsers())
            .SelectMany(type => type.Reachable(type.GetProperties).SelectMany(static property => Mentioned(property.PropertyType).Select(mentioned => (Member: (MemberInfo)property, mentioned)))
                .Concat(type.Reachable(flags => type.GetMethods(flags)).SelectMany(static method => method.GetParameters().Select(static parameter => parameter.ParameterType).Append(method.ReturnType)
                    .SelectMany(Mentioned).Select(mentioned => (Member: (MemberInfo)method, mentioned))))
                .Concat(type.Reachable(flags => type.GetConstructors(flags)).SelectMany(static constructor => constructor.GetParameters()
                    .SelectMany(static parameter => Mentioned(parameter.ParameterType)).Select(mentioned => (Member: (MemberInfo)constructor, mentioned)))));

        members.Where(static member => member.mentioned.Namespace == "System.Collections.Immutable")
            .Select(static member => $"{member.Member.DeclaringType}.{member.Member.Name}")
            .Should().BeEmpty("the default of an ImmutableArray throws at every use; IReadOnlyList and IReadOnlyDictionary say as much");

        static IEnumerable<Type> Mentioned(Type type) =>
            (type.HasElementType ? Mentioned(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Mentioned)).Append(type);
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_texts_are_no_members_of_a_closed_set(string assembly)
    {
        string[] endings = ["Kind", "Type", "Mode", "Format", "Rule", "Unit", "When", "Status", "State", "Outcome", "Reason", "Trigger"];

        var texts = ShippedAssemblies.Load(assembly).WrittenTypes().Where(static type => type.IsPublicToUsers())
            .SelectMany(type => type.Reachable(type.GetProperties))
            .Where(property => property.PropertyType == typeof(string) && endings.Any(ending => property.Name.EndsWith(ending, StringComparison.Ordinal)))
            .Select(static property => $"{property.DeclaringType!.Name}.{property.Name}");

        texts.Where(static text => !OpenByNature.ContainsKey(text)).Should().BeEmpty("a closed set is an enum; list it in OpenByNature with the reason where it is open");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void What_a_user_implements_returns_a_ValueTask_where_it_is_asynchronous(string assembly)
    {
        var tasks = ShippedAssemblies.Load(assembly).WrittenTypes().Where(type => type.IsPublicToUsers() && type.IsInterface)
            .SelectMany(type => type.Reachable(flags => type.GetMethods(flags)))
            .Where(static method => typeof(Task).IsAssignableFrom(method.ReturnType));

        tasks.Select(static method => $"{method.DeclaringType!.Name}.{method.Name}").Should().BeEmpty("most of them end at once, and one rule is easier to keep than two");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_first_member_of_a_public_enum_is_a_default_that_nobody_meets_by_accident(string assembly)
    {
        var types = ShippedAssemblies.Load(assembly).WrittenTypes().Where(static type => type.IsPublicToUsers()).ToList();

        // The first member of what a key of the configuration can say is what it says where it is not written.
        var settings = types.Where(static type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(static type => type.GetProperties())
            .Select(static property => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
            .ToHashSet();
        var enums = types.Where(type => type.IsEnum && !settings.Contains(type));

        enums.Where(static type => Enum.GetName(type, 0) is not "Unknown" && !ZeroByDesign.ContainsKey(type.FullName!)).Should().BeEmpty("list it in ZeroByDesign with the reason");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_types_live_in_the_one_namespace_of_their_package(string assembly)
    {
        var strays = ShippedAssemblies.Load(assembly).WrittenTypes().Where(type => type.IsPublicToUsers() && type.Namespace != NamespaceOf(assembly));

        strays.Should().BeEmpty("one `using` is enough, whatever the folder");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void What_returns_a_task_ends_in_Async_and_nothing_else_does(string assembly)
    {
        var misnamed = ReachableMethods(assembly)
            .Where(method => !IsForced(method) && IsAwaitable(method.ReturnType) != method.Name.EndsWith("Async", StringComparison.Ordinal))
            .Select(Describe);

        misnamed.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void An_asynchronous_method_takes_its_CancellationToken_last_and_by_that_name(string assembly)
    {
        var wrong = ReachableMethods(assembly)
            .Where(method => IsAwaitable(method.ReturnType) && !IsForced(method) && !IsDisposal(method))
            .Where(method => method.GetParameters() is not [.., { Name: "cancellationToken" } last] || last.ParameterType != typeof(CancellationToken))
            .Select(Describe);

        wrong.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Nothing_static_can_be_changed(string assembly)
    {
        var fields = ShippedAssemblies.Load(assembly).WrittenTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !ShippedAssemblies.IsGenerated(field) && !field.IsLiteral && !field.IsInitOnly)
            .Where(field => !MayChange.ContainsKey(Describe(field)));
        var properties = ShippedAssemblies.Load(assembly).WrittenTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(property => property.CanWrite);

        fields.Select(Describe).Should().BeEmpty("tests, containers and simulations run side by side in one process");
        properties.Select(Describe).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_public_field_but_constants_and_read_only_statics(string assembly)
    {
        var fields = ShippedAssemblies.Load(assembly).WrittenTypes()
            .Where(type => type.IsPublicToUsers() && !type.IsEnum)
            .SelectMany(type => type.Reachable(type.GetFields))
            .Where(field => !field.IsLiteral && !(field.IsStatic && field.IsInitOnly));

        fields.Select(Describe).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Implementations_of_the_library_s_own_interfaces_are_internal(string assembly)
    {
        // TokenKit.Testing is made of implementations: that is what its users came for.
        var visible = ShippedAssemblies.Load(assembly).WrittenTypes()
            .Where(type => assembly == "TokenKit" && type.IsPublicToUsers() && type.IsClass && !VisibleByDesign.ContainsKey(type.FullName!)
                && type.GetInterfaces().Any(implemented => implemented.Assembly == type.Assembly));

        visible.Should().BeEmpty("a user names the capability, not how it is done; list it in VisibleByDesign with the reason");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Names_say_what_a_thing_is(string assembly)
    {
        string[] sayNothing = ["Impl", "Manager", "Helper", "Helpers", "Util", "Utils"];

        var empty = ShippedAssemblies.Load(assembly).WrittenTypes()
            .Where(type => sayNothing.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal)));

        empty.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Only_the_packages_that_were_decided_on_are_referenced(string assembly)
    {
        var strangers = ShippedAssemblies.Load(assembly).GetReferencedAssemblies()
            .Where(reference => !AllowedReferences.Any(allowed =>
                reference.Name == allowed || reference.Name!.StartsWith(allowed + ".", StringComparison.Ordinal)))
            .Select(reference => reference.Name);

        strangers.Should().BeEmpty("users inherit every dependency; a further one is a decision of its own");
    }

    [Fact]
    public void The_core_does_not_reference_the_web_framework_or_Polly_s_old_interface()
    {
        var references = ShippedAssemblies.Load("TokenKit").GetReferencedAssemblies().Select(reference => reference.Name!).ToList();

        references.Should().NotContain(name => name == "Polly" || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    // What a program uses it adds to the `using TokenKit` it has; what only its tests use stays apart.
    private static string NamespaceOf(string assembly) =>
        assembly is "TokenKit.PostgreSql" or "TokenKit.Redis" or "TokenKit.Relational" or "TokenKit.AspNetCore" ? "TokenKit" : assembly;

    private static IEnumerable<MethodInfo> ReachableMethods(string assembly) => ShippedAssemblies.Load(assembly).WrittenTypes()
        .Where(type => type.IsPublicToUsers())
        .SelectMany(type => type.Reachable(type.GetMethods))
        .Where(method => !method.IsSpecialName);

    private static bool IsAwaitable(Type type)
    {
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return open == typeof(Task) || open == typeof(Task<>) || open == typeof(ValueTask) || open == typeof(ValueTask<>);
    }

    /// <summary>Whether the name and parameters are a base class's or another library's interface's, not ours.</summary>
    private static bool IsForced(MethodInfo method)
    {
        var root = method.GetBaseDefinition();
        if (root.DeclaringType!.Assembly != method.DeclaringType!.Assembly)
        {
            return true;
        }

        return !method.DeclaringType.IsInterface && method.DeclaringType.GetInterfaces()
            .Where(implemented => implemented.Assembly != method.DeclaringType.Assembly && !implemented.Name.StartsWith("IEquatable", StringComparison.Ordinal))
            .Any(implemented => method.DeclaringType.GetInterfaceMap(implemented).TargetMethods.Contains(method));
    }

    private static bool IsDisposal(MethodInfo method) => method.Name == nameof(IAsyncDisposable.DisposeAsync);

    private static string Describe(MemberInfo member) => $"{member.DeclaringType!.FullName}.{member.Name}";
}
