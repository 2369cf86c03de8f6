using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Checking.Explaining;
using TokenKit.Definitions.Configuration;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Registers tokens by name.</summary>
public static class TokenRefreshServiceCollectionExtensions
{
    /// <summary>Registers a token that code describes, or configures further one that was registered before.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">
    /// The token name. It names the options, the keyed services, the metric tag, the secret and the back-channel client
    /// <c>tokenkit-NAME</c>.
    /// </param>
    /// <param name="configure">Sets the options; called once for each time they are read.</param>
    /// <returns>A builder for stores and seams of this registration.</returns>
    /// <remarks>The options are checked when the host starts; without a host, at the first use of the token.</remarks>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("crm", options =>
    /// {
    ///     options.Grant = TokenGrants.ClientCredentials;
    ///     options.TokenEndpoint = "https://login.example.com/oauth/token";
    ///     options.Client.Id = "my-app";
    ///     options.Client.Secret = "${secret.crm-client-secret}";  // the configuration key Secrets:crm-client-secret
    /// });
    /// services.AddHttpClient("crm", http => http.BaseAddress = new("https://api.example.com"))
    ///         .AddTokenRefreshHandler("crm");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder AddTokenRefresh(
        this IServiceCollection services, string name, Action<TokenRefreshOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TokenRefreshOptions>(name).Configure(configure).ValidateOnStart();
        return TokenRefreshRegistration.Add(services, name);
    }

    /// <summary>Registers a token that a configuration section describes, such as <c>TokenRefresh:crm</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The token name.</param>
    /// <param name="configuration">
    /// The section with the keys of the definition language. Unknown keys are refused. A change of it reloads this registration,
    /// and what code adds to the options runs again; an invalid change keeps the last valid definition.
    /// </param>
    /// <returns>A builder for stores and seams of this registration.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or blank.</exception>
    /// <example>
    /// <code>
    /// // appsettings.json:
    /// // "TokenRefresh": { "crm": { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/oauth/token",
    /// //                            "Client": { "Id": "my-app", "Secret": "${secret.crm-client-secret}" } } }
    /// // dotnet user-secrets set "Secrets:crm-client-secret" "…"
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"));
    /// services.AddHttpClient("crm", http => http.BaseAddress = new("https://api.example.com"))
    ///         .AddTokenRefreshHandler("crm");
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder AddTokenRefresh(
        this IServiceCollection services, string name, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configuration);
        var definition = new ConfiguredDefinition(name, configuration);
        services.AddOptions<TokenRefreshOptions>(name)
            .Configure<ConfiguredRegistrations>((options, registrations) => registrations.Read(definition, options))
            .ValidateOnStart();
        services.AddSingleton(definition);
        services.AddSingleton(provider => provider.GetRequiredService<ConfiguredRegistrations>().ChangesOf(definition));
        return TokenRefreshRegistration.Add(services, name);
    }

    /// <summary>Registers every child of a configuration section by its key as the token name.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section whose children are registrations, such as <c>TokenRefresh</c>.</param>
    /// <param name="configure">
    /// Adds stores and seams to each, whose name is <see cref="ITokenRefreshBuilder.Name"/>; called at once, in the order of the section.
    /// </param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException">
    /// The section has no children, which usually is a mistyped path; or it is itself a definition; or it holds its definitions one
    /// level below.
    /// </exception>
    /// <example>
    /// <code>
    /// // "TokenRefresh": { "crm": { "Grant": "client_credentials", … }, "mail": { "Grant": "refresh_token", … } }
    /// services.AddTokenRefresh(configuration.GetSection("TokenRefresh"), token => token.UseFileStore("tokens").UseAesGcmFromConfiguration("TokenKeys:Current"));
    /// services.AddHttpClient("crm", http => http.BaseAddress = new("https://api.example.com"))
    ///         .AddTokenRefreshHandler("crm");
    /// </code>
    /// </example>
    public static IServiceCollection AddTokenRefresh(
        this IServiceCollection services, IConfiguration configuration, Action<ITokenRefreshBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        var children = configuration.GetChildren().ToList();
        RefuseWhatHoldsNoDefinitions(configuration, children);
        foreach (var child in children)
        {
            var builder = services.AddTokenRefresh(child.Key, child);
            configure?.Invoke(builder);
        }

        return services;
    }

    private static void RefuseWhatHoldsNoDefinitions(IConfiguration configuration, List<IConfigurationSection> children)
    {
        var section = configuration as IConfigurationSection;
        if (children.Count == 0)
        {
            throw new InvalidOperationException(
                $"The configuration section {(section is null ? "given" : $"'{section.Path}'")} registers no token: it is missing or empty. Each of its children is one token name.");
        }

        if (DefinitionShape.IsOnlyDefinition(configuration))
        {
            throw new InvalidOperationException(section is null
                ? "The configuration is itself a definition: call AddTokenRefresh(\"NAME\", configuration). AddTokenRefresh(section) takes a section whose children are definitions."
                : $"'{section.Path}' is itself a definition: call AddTokenRefresh(\"{section.Key}\", section). AddTokenRefresh(section) takes the section above it, whose children are definitions.");
        }

        if (!children.Any(DefinitionShape.IsDefinition)
            && children.FirstOrDefault(static child => child.GetChildren().Any(DefinitionShape.IsDefinition)) is { } holder)
        {
            throw new InvalidOperationException(
                $"{(section is null ? "The configuration" : $"'{section.Path}'")} holds its definitions in '{holder.Key}': call AddTokenRefresh(configuration.GetSection(\"{holder.Path}\")).");
        }
    }
}
