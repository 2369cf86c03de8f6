using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Http;

namespace TokenKit.DependencyInjection;

/// <summary>What a collection of services holds, by type and key.</summary>
/// <remarks>
/// The collection itself answers by walking from end to end, and a registration asks dozens of times: with two thousand of them
/// that took longer than everything else. This looks at each descriptor once. It stands in the collection, in front, so that
/// wrappers of the collection find it as well. What others removed or put in between shows in the descriptor that was seen last, and
/// it then looks at all of them again. Not safe for use by several threads, as no collection of services is.
/// </remarks>
internal sealed class RegisteredServices
{
    private readonly Dictionary<(Type Service, object? Key), int> _counts = [];
    private readonly Dictionary<string, string> _tokensOfClients = new(StringComparer.Ordinal);
    private int _seen;
    private ServiceDescriptor? _last;

    /// <summary>That of a collection, as it is now.</summary>
    public static RegisteredServices Of(IServiceCollection services)
    {
        var known = Find(services);
        if (known is null)
        {
            known = new();
            services.Insert(0, ServiceDescriptor.Singleton(known));
        }

        known.LookAt(services);
        return known;
    }

    /// <summary>Whether there is a service; without a key, one that is registered without.</summary>
    public bool Has<TService>(object? key = null) => _counts.ContainsKey((typeof(TService), key));

    /// <summary>Which token a client was given.</summary>
    public bool TryFindToken(string clientName, [NotNullWhen(true)] out string? tokenName) => _tokensOfClients.TryGetValue(clientName, out tokenName);

    /// <summary>Removes the services of a type and key.</summary>
    public static void RemoveKeyed<TService>(IServiceCollection services, object key) => Of(services).Remove<TService>(services, key);

    private static RegisteredServices? Find(IServiceCollection services)
    {
        var count = services.Count;
        for (var i = 0; i < count; i++)
        {
            if (services[i] is { IsKeyedService: false, ImplementationInstance: RegisteredServices known })
            {
                return known;
            }
        }

        return null;
    }

    private void LookAt(IServiceCollection services)
    {
        var count = services.Count;
        if (_seen > count || (_seen > 0 && !ReferenceEquals(services[_seen - 1], _last)))
        {
            _counts.Clear();
            _tokensOfClients.Clear();
            _seen = 0;
        }

        for (; _seen < count; _seen++)
        {
            _last = services[_seen];
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, (_last.ServiceType, _last.ServiceKey), out _)++;
            if (_last is { IsKeyedService: false, ImplementationInstance: TokenHandlerRegistration handler })
            {
                _tokensOfClients.TryAdd(handler.ClientName, handler.TokenName);
            }
        }
    }

    // From the end: what is replaced was mostly registered just before.
    private void Remove<TService>(IServiceCollection services, object key)
    {
        if (!_counts.Remove((typeof(TService), key), out var left))
        {
            return;
        }

        for (var i = services.Count - 1; i >= 0 && left > 0; i--)
        {
            if (services[i] is { IsKeyedService: true } descriptor && descriptor.ServiceType == typeof(TService) && key.Equals(descriptor.ServiceKey))
            {
                services.RemoveAt(i);
                left--;
                _seen--;
            }
        }

        _last = _seen > 0 ? services[_seen - 1] : null;
    }
}
