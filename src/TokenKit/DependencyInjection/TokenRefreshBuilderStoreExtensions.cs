using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TokenKit.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Chooses where the secrets of a registration are kept and how they are sealed.</summary>
/// <remarks>The last choice made for a token name counts.</remarks>
public static class TokenRefreshBuilderStoreExtensions
{
    /// <summary>
    /// Keeps secrets in the memory of this process, in a store shared by all registrations that do so. Said in plain sight
    /// it also allows a rotating refresh token there, which is lost when the process ends.
    /// </summary>
    /// <param name="builder">The registration.</param>
    /// <returns>The same builder.</returns>
    public static ITokenRefreshBuilder UseInMemoryStore(this ITokenRefreshBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        RemoveStore(builder);
        builder.Services.TryAddSingleton(static services => new InMemorySecretStore(services.GetService<TimeProvider>()));
        builder.Services.AddKeyedSingleton<InMemoryStoreIsIntended>(builder.Name);
        AddStore(builder, static (services, _) => services.GetRequiredService<InMemorySecretStore>());
        return builder;
    }

    /// <summary>
    /// Keeps secrets encrypted in files of a directory. Needs a protector: call <c>UseAesGcm</c> as well, or register an
    /// <see cref="ISecretProtector"/>, under the token name or without a key for all.
    /// </summary>
    /// <param name="builder">The registration.</param>
    /// <param name="directory">
    /// The directory, see <see cref="FileStoreOptions.Directory"/>. Registrations that name the same one share one store
    /// and must share the keys.
    /// </param>
    /// <param name="configure">Sets further options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty or blank.</exception>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UseFileStore("/var/lib/my-app/tokens")
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseFileStore(
        this ITokenRefreshBuilder builder, string directory, Action<FileStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);

        RemoveStore(builder);
        var options = builder.Services.AddOptions<FileStoreOptions>(builder.Name)
            .Configure(options => options.Directory = directory)
            .ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (!RegisteredServices.Of(builder.Services).Has<OpenFileStores>())
        {
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FileStoreOptions>, FileStoreOptionsValidator>());
            builder.Services.AddSingleton<OpenFileStores>();
        }

        AddStore(builder, static (services, name) => services.GetRequiredService<OpenFileStores>().Open(services, (string)name));
        builder.Services.AddKeyedSingleton(
            builder.Name, static (services, name) => (FileSecretStore)services.GetRequiredKeyedService<ISecretStore>(name));
        return builder;
    }

    /// <summary>Keeps secrets in a store of the application's own, or of another package.</summary>
    /// <typeparam name="TStore">The store, which gives the leases as well: lease and fenced write must agree.</typeparam>
    /// <param name="builder">The registration.</param>
    /// <param name="open">
    /// Finds or makes the store; called once, when it is first needed. Registrations whose stores are one object share it, and
    /// <see cref="ISecretChanges"/> and <see cref="ISecretCatalog"/> are used where it has them. It is disposed with the container.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Nothing is sealed for it: a store that lets values leave the process seals them, with the <see cref="ISecretProtector"/> of the
    /// registration for example. <c>TokenKit.Testing</c> holds what it must do as a list of checks.
    /// </remarks>
    /// <example>
    /// <code>
    /// services.AddSingleton&lt;MyStore&gt;();
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UseStore(static services => services.GetRequiredService&lt;MyStore&gt;());
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseStore<TStore>(this ITokenRefreshBuilder builder, Func<IServiceProvider, TStore> open)
        where TStore : class, ISecretStore, IRefreshLeaseProvider
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(open);

        RemoveStore(builder);
        AddStore(builder, (services, _) => open(services)
            ?? throw new InvalidOperationException($"The function that UseStore of the token '{builder.Name}' was given returned no store."));
        return builder;
    }

    /// <summary>Seals what the registration stores with AES-256-GCM.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="keys">The current key and those that still open.</param>
    /// <returns>The same builder.</returns>
    public static ITokenRefreshBuilder UseAesGcm(this ITokenRefreshBuilder builder, SecretKeyRing keys)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(keys);

        RegisteredServices.RemoveKeyed<ISecretProtector>(builder.Services, builder.Name);
        builder.Services.AddKeyedSingleton<ISecretProtector>(
            builder.Name,
            (services, _) => new AesGcmSecretProtector(
                keys, LoggingParts.StorageLogger(services), Randomness.System, AesGcmSecretProtector.WarnEvery));
        return builder;
    }

    /// <summary>Seals what the registration stores with AES-256-GCM.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="base64Keys">The keys as <see cref="SecretKeyRing.Parse"/> takes them: the current one first.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">
    /// The keys do not make a ring; see <see cref="SecretKeyRing.Parse"/>. For keys from configuration
    /// <see cref="UseAesGcmFromConfiguration"/> says by name which one is missing.
    /// </exception>
    public static ITokenRefreshBuilder UseAesGcm(this ITokenRefreshBuilder builder, params string[] base64Keys)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(base64Keys);
        return SecretKeyRing.TryParse(base64Keys, out var ring, out var problem)
            ? builder.UseAesGcm(ring)
            : throw new ArgumentException(
                $"UseAesGcm of token '{builder.Name}' was given no usable keys. {problem} For a key in configuration call UseAesGcmFromConfiguration with its name: it says which one is missing.",
                nameof(base64Keys));
    }

    /// <summary>Seals what the registration stores with AES-256-GCM and keys that are read from configuration when the host starts.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="configurationKeys">
    /// The names of keys of the application's configuration, such as <c>TokenKeys:Current</c>: the one with the current key first. Each
    /// holds one key as <see cref="SecretKeyRing.Parse"/> takes it, or a list of them.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>The host does not start where a key is missing or is none; the message names it and how to make and set one.</remarks>
    /// <exception cref="ArgumentException">There is no name, or one is empty or blank.</exception>
    /// <example>
    /// <code>
    /// // dotnet user-secrets set "TokenKeys:Current" "$(openssl rand -base64 32)"
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///         .UseFileStore("/var/lib/my-app/tokens")
    ///         .UseAesGcmFromConfiguration("TokenKeys:Current");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder UseAesGcmFromConfiguration(this ITokenRefreshBuilder builder, params string[] configurationKeys)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configurationKeys);
        if (configurationKeys.Length == 0 || configurationKeys.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException("It needs the names of configuration keys, such as TokenKeys:Current.", nameof(configurationKeys));
        }

        string[] names = [.. configurationKeys];
        builder.Services.RemoveAllKeyed<ISecretProtector>(builder.Name);
        builder.Services.AddKeyedSingleton<ISecretProtector>(
            builder.Name,
            (services, name) => new AesGcmSecretProtector(
                ConfiguredKeys.Read(services, (string)name!, names), LoggingParts.StorageLogger(services), Randomness.System, AesGcmSecretProtector.WarnEvery));
        return builder;
    }

    internal static void RemoveStore(ITokenRefreshBuilder builder)
    {
        RegisteredServices.RemoveKeyed<ISecretStore>(builder.Services, builder.Name);
        RegisteredServices.RemoveKeyed<IRefreshLeaseProvider>(builder.Services, builder.Name);
        RegisteredServices.RemoveKeyed<FileSecretStore>(builder.Services, builder.Name);
        RegisteredServices.RemoveKeyed<InMemoryStoreIsIntended>(builder.Services, builder.Name);
    }

    // Lease and fenced write must agree, so both names lead to one object.
    internal static void AddStore(ITokenRefreshBuilder builder, Func<IServiceProvider, object, ISecretStore> open)
    {
        builder.Services.AddKeyedSingleton(builder.Name, (services, name) => open(services, name!));
        builder.Services.AddKeyedSingleton(
            builder.Name, static (services, name) => (IRefreshLeaseProvider)services.GetRequiredKeyedService<ISecretStore>(name));
    }
}
