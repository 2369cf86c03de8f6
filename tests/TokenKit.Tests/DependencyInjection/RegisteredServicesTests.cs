using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;

namespace TokenKit.Tests;

public sealed class RegisteredServicesTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    public static TheoryData<string> Registrations { get; } = ["a token", "a store in memory", "a file store", "data protection", "a handler", "subjects", "another store"];

    [Theory]
    [MemberData(nameof(Registrations))]
    public void The_two_hundredth_registration_looks_at_no_more_services_than_the_twentieth(string kind)
    {
        var services = new CountingServices();
        var looks = new List<long>();
        for (var number = 1; number <= 200; number++)
        {
            var before = services.Looks;
            Register(services, kind, $"partner-{number}");
            looks.Add(services.Looks - before);
        }

        looks[199].Should().BeLessThanOrEqualTo(looks[19]);
    }

    [Fact]
    public void A_wrapper_of_the_collection_finds_what_the_collection_has()
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", Section());
        var builder = services.AddHttpClient("api");

        RegisteredServices.Of(builder.Services).Should().BeSameAs(RegisteredServices.Of(services));
    }

    [Fact]
    public void What_others_put_in_and_take_out_is_noticed()
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", Section());
        RegisteredServices.Of(services).Has<ISecretStore>("crm").Should().BeFalse();

        services.Insert(0, ServiceDescriptor.KeyedSingleton<ISecretStore>("crm", new InMemorySecretStore()));
        RegisteredServices.Of(services).Has<ISecretStore>("crm").Should().BeTrue();

        services.RemoveAt(0);
        RegisteredServices.Of(services).Has<ISecretStore>("crm").Should().BeFalse();
    }

    [Fact]
    public void A_store_of_the_applications_own_gives_way_to_the_one_that_is_chosen_after_it()
    {
        var services = new ServiceCollection();
        var builder = services.AddTokenRefresh("crm", Section());
        services.AddKeyedSingleton<ISecretStore>("crm", new InMemorySecretStore());
        services.AddKeyedSingleton<ISecretStore>("erp", new InMemorySecretStore());

        builder.UseFileStore("tokens").UseFileStore("other-tokens");

        services.Where(static service => service.ServiceType == typeof(ISecretStore)).Select(static service => service.ServiceKey).Should().Equal("erp", "crm");
    }

    [Fact]
    public void A_collection_that_was_emptied_is_filled_again()
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", Section());
        services.Clear();

        services.AddTokenRefresh("crm", Section());

        using var provider = services.BuildServiceProvider();
        provider.GetKeyedService<ITokenRefresher>("erp").Should().BeNull();
        services.Should().Contain(static service => service.ServiceType == typeof(RegistrationParts));
    }

    private static void Register(CountingServices services, string kind, string name)
    {
        switch (kind)
        {
            case "a token":
                services.AddTokenRefresh(name, Section());
                break;
            case "a store in memory":
                services.AddTokenRefresh(name, Section()).UseInMemoryStore();
                break;
            case "a file store":
                services.AddTokenRefresh(name, Section()).UseFileStore("tokens").UseAesGcm(Key);
                break;
            case "data protection":
                services.AddTokenRefresh(name, Section()).UseFileStore("tokens").UseDataProtection();
                break;
            case "a handler":
                // Without AddHttpClient, which walks the collection for each client.
                new NamedClient(name, services).AddTokenRefreshHandler(name);
                break;
            case "subjects":
                services.AddTokenRefresh(name, Section()).UseSubject(static _ => "").UseParamResolver([], static (_, _, _) => default);
                break;
            default:
                services.AddTokenRefresh(name, Section()).UseInMemoryStore().UseFileStore("tokens").UseAesGcm(Key).UseInMemoryStore();
                break;
        }
    }

    private static IConfigurationSection Section() => new ConfigurationBuilder().Build().GetSection("TokenRefresh:crm");

    private sealed record NamedClient(string Name, IServiceCollection Services) : IHttpClientBuilder;
}
