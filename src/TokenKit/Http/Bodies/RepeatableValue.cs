using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TokenKit.Http.Bodies;

/// <summary>Whether a value gives the same JSON when it is written once more.</summary>
/// <remarks>
/// A sequence that is no collection may be a queue, a channel or a query: a second reading gives less, or takes what belongs to
/// somebody else. It may stand anywhere in the value, behind any property, so everything that the value holds is looked at, by
/// its fields, and nothing of it is read. Looked into only when a request is to be sent again. What a getter computes from elsewhere
/// is its author's affair.
/// </remarks>
internal static class RepeatableValue
{
    // A value that holds more is rather a program than a message.
    private const int MostObjects = 10_000;

    // Asked for the body of each call.
    private static readonly ConditionalWeakTable<Type, StrongBox<bool>> AsynchronousTypes = [];

    [SuppressMessage("Design", "CA1031", Justification = "Collections are foreign code and may be changed meanwhile; one that cannot be looked at is not sent again.")]
    public static bool Is(object? value)
    {
        var waiting = new Stack<object>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Add(waiting, value);
        try
        {
            while (waiting.TryPop(out var one))
            {
                if (seen.Add(one) && (seen.Count > MostObjects || !TryOpen(one, waiting)))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static void Add(Stack<object> waiting, object? value)
    {
        if (value is not null && !IsPlain(value))
        {
            waiting.Push(value);
        }
    }

    private static bool IsPlain(object value) =>
        value is string or decimal or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or Guid or Uri or Version or Half
            or Int128 or UInt128 or JsonElement or JsonDocument or Memory<byte> or ReadOnlyMemory<byte>
        || value.GetType().IsPrimitive
        || value is Enum;

    /// <summary>Adds what a value holds; <see langword="false"/> where it may be something that is read once.</summary>
    private static bool TryOpen(object value, Stack<object> waiting)
    {
        switch (value)
        {
            case JsonValue node:
                Add(waiting, node.GetValue<object>());
                return true;
            case JsonObject members:
                return TryAddAll(members.Select(static member => member.Value), waiting);
            case JsonArray or ICollection when value is not IDictionary:
                return TryAddAll((IEnumerable)value, waiting);
            case IDictionary map:
                return TryAddAll(map.Keys, waiting) && TryAddAll(map.Values, waiting);
            case IEnumerable set when set.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(HashSet<>):
                return TryAddAll(set, waiting);
            case IEnumerable or IEnumerator or Stream or TextReader or Task or Delegate:
                return false;
            default:
                return TryAddFields(value, waiting);
        }
    }

    private static bool TryAddAll(IEnumerable values, Stack<object> waiting)
    {
        foreach (var value in values)
        {
            Add(waiting, value);
        }

        return waiting.Count <= MostObjects;
    }

    /// <summary>Whether a value is, by its type, a sequence that somebody is still writing.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "An interface that trimming removes is read by nobody.")]
    public static bool IsAsynchronous(object value) =>
        AsynchronousTypes.GetValue(value.GetType(), static type => new StrongBox<bool>(type.GetInterfaces().Any(IsAsynchronous))).Value;

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A field that trimming removes holds nothing.")]
    [UnconditionalSuppressMessage(
        "Trimming", "IL2070", Justification = "As above.")]
    private static bool TryAddFields(object value, Stack<object> waiting)
    {
        // Compiled ahead of time, a field may be there and not be seen.
        if (!RuntimeFeature.IsDynamicCodeSupported || IsAsynchronous(value))
        {
            return false;
        }

        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Add(waiting, field.GetValue(value));
            }
        }

        return true;
    }

    private static bool IsAsynchronous(Type type) =>
        type.IsGenericType
        && type.GetGenericTypeDefinition() is var definition
        && (definition == typeof(IAsyncEnumerable<>) || definition == typeof(IAsyncEnumerator<>));
}
