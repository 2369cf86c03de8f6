using System.Reflection;
using System.Runtime.CompilerServices;

namespace TokenKit.Tests;

/// <summary>What goes into packages, as the conventions see it.</summary>
internal static class ShippedAssemblies
{
    /// <summary>One row per package, for theories.</summary>
    public static TheoryData<string> Names { get; } = ["TokenKit", "TokenKit.AspNetCore", "TokenKit.PostgreSql", "TokenKit.Redis", "TokenKit.Relational", "TokenKit.Testing"];

    public static Assembly Load(string name) => Assembly.Load(name);

    /// <summary>The types people wrote, without what the compiler and its generators added.</summary>
    public static IEnumerable<Type> WrittenTypes(this Assembly assembly) => assembly.GetTypes()
        .Where(type => !IsGenerated(type) && type.Namespace?.StartsWith("TokenKit", StringComparison.Ordinal) == true);

    /// <summary>The members people wrote that a user of the package can reach.</summary>
    public static IEnumerable<T> Reachable<T>(this Type type, Func<BindingFlags, T[]> members)
        where T : MemberInfo =>
        members(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(member => !IsGenerated(member));

    /// <summary>Whether the type and all that enclose it are public.</summary>
    public static bool IsPublicToUsers(this Type type) => type.IsVisible;

    public static bool IsGenerated(MemberInfo member) =>
        member.Name.Contains('<', StringComparison.Ordinal)
        || member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || member.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        || (member.DeclaringType is { } outer && IsGenerated(outer));
}
