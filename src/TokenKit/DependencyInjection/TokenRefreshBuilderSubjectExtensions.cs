using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;
using TokenKit.Http;
using TokenKit.Source;

namespace TokenKit;

/// <summary>Serves many tenants, shops or users with one registration.</summary>
public static class TokenRefreshBuilderSubjectExtensions
{
    /// <summary>Finds out from each request whose token it needs, where <c>SetTokenSubject</c> was not called on it.</summary>
    /// <remarks>
    /// A call for which it finds nobody is refused, unless <see cref="AllowNoSubject"/> says that such calls are meant, and so is one
    /// for which it finds a subject of more than 256 characters. The last call of this method, its overload and <see cref="UseSubjectResolver"/> counts.
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="resolve">
    /// Returns whose token; <see langword="null"/> or empty where there is nobody. Called by many threads at once; quick and
    /// without I/O.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("shops", configuration).UseSubject(request => request.RequestUri?.Host.Split('.')[0]);
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseSubject(this ITokenRefreshBuilder builder, Func<HttpRequestMessage, string?> resolve)
    {
        ArgumentNullException.ThrowIfNull(resolve);
        return builder.UseSubjectResolver(_ => new SubjectFunction((request, _) => new(resolve(request))));
    }

    /// <summary>As <see cref="UseSubject(ITokenRefreshBuilder, Func{HttpRequestMessage, string})"/>, where it takes a wait to find out.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="resolve">
    /// Returns whose token; <see langword="null"/> or empty where there is nobody. Called by many threads at once, for each call: keep
    /// what you find. Cancelled with the call.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("shops", configuration).UseSubject(async (request, cancel) => await shops.OwnerOfAsync(request.RequestUri, cancel));
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseSubject(
        this ITokenRefreshBuilder builder, Func<HttpRequestMessage, CancellationToken, ValueTask<string?>> resolve)
    {
        ArgumentNullException.ThrowIfNull(resolve);
        return builder.UseSubjectResolver(_ => new SubjectFunction(resolve));
    }

    /// <summary>As <see cref="UseSubject(ITokenRefreshBuilder, Func{HttpRequestMessage, string})"/>, by a service of one's own.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="create">Makes the resolver, once.</param>
    /// <returns>The same builder.</returns>
    public static ITokenRefreshBuilder UseSubjectResolver(
        this ITokenRefreshBuilder builder, Func<IServiceProvider, ITokenSubjectResolver> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        RegisteredServices.RemoveKeyed<ITokenSubjectResolver>(builder.Services, builder.Name);
        builder.Services.AddKeyedSingleton(builder.Name, (provider, _) => create(provider));
        return builder;
    }

    /// <summary>
    /// Says that calls without a subject are meant: they carry the registration's own token. Without it, a call for which
    /// <c>UseSubject</c> finds nobody is refused.
    /// </summary>
    /// <param name="builder">The registration.</param>
    /// <returns>The same builder.</returns>
    public static ITokenRefreshBuilder AllowNoSubject(this ITokenRefreshBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        RegisteredServices.RemoveKeyed<CallSubjects.NoneAllowed>(builder.Services, builder.Name);
        builder.Services.AddKeyedSingleton(builder.Name, new CallSubjects.NoneAllowed());
        return builder;
    }

    /// <summary>Resolves parameters (<c>param.NAME</c>) that differ from subject to subject: once for each refresh, never for each call.</summary>
    /// <remarks>
    /// What it throws fails the refresh with <see cref="RefreshFailureReason.SecretUnavailable"/>. A name that it does not return has
    /// the value of <see cref="TokenRefreshOptions.Params"/>, where there is one.
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="names">The names it resolves; others that it returns are ignored.</param>
    /// <param name="resolve">Resolves them; cancelled at the deadline of the refresh. The services are those of the root.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("shops", configuration).UseParamResolver(["shop"], async (services, key, cancel) =>
    ///     new Dictionary&lt;string, string&gt; { ["shop"] = await services.GetRequiredService&lt;Shops&gt;().HostOfAsync(key.Subject, cancel) });
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseParamResolver(
        this ITokenRefreshBuilder builder,
        IEnumerable<string> names,
        Func<IServiceProvider, TokenKey, CancellationToken, ValueTask<IReadOnlyDictionary<string, string>>> resolve)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(resolve);
        string[] declared = [.. names];
        builder.Services.Configure<TokenRefreshOptions>(builder.Name, options => options.ResolvedParams.UnionWith(declared));
        RegisteredServices.RemoveKeyed<ParamResolver>(builder.Services, builder.Name);
        builder.Services.AddKeyedSingleton(
            builder.Name, (provider, _) => new ParamResolver((key, cancellationToken) => resolve(provider, key, cancellationToken)));
        return builder;
    }

    private sealed class SubjectFunction(Func<HttpRequestMessage, CancellationToken, ValueTask<string?>> resolve) : ITokenSubjectResolver
    {
        public ValueTask<string?> ResolveAsync(HttpRequestMessage request, CancellationToken cancellationToken) => resolve(request, cancellationToken);
    }
}
