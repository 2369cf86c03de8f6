using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

public sealed class GetTokenSourceTests
{
    [Fact]
    public void A_registered_token_is_the_keyed_service()
    {
        using var provider = Build("crm");

        provider.GetTokenSource("crm").Should().BeSameAs(provider.GetRequiredKeyedService<ITokenSource>("crm"));
    }

    [Fact]
    public void A_misspelt_name_is_told_the_one_that_was_meant()
    {
        using var provider = Build("crm", "erp");

        var get = () => provider.GetTokenSource("crn");

        get.Should().Throw<InvalidOperationException>().Which.Message.Should().Be(
            "GetTokenSource was asked for token 'crn', and no token of that name is registered; did you mean 'crm'? Correct the name, or call services.AddTokenRefresh(\"crn\", …) in application start-up code.");
    }

    [Fact]
    public void Without_any_registration_it_names_the_call()
    {
        using var provider = new ServiceCollection().BuildServiceProvider();

        var get = () => provider.GetTokenSource("crm");

        get.Should().Throw<InvalidOperationException>().Which.Message.Should().Be(
            "GetTokenSource was asked for token 'crm', and no token is registered at all. Call services.AddTokenRefresh(\"crm\", …) in application start-up code.");
    }

    // A fallback under KeyedService.AnyKey could name the tokens as well, and would break these.
    [Fact]
    public void The_container_still_answers_for_names_that_nobody_registered()
    {
        using var provider = Build("crm");

        provider.GetKeyedService<ITokenSource>("crn").Should().BeNull();
        provider.GetRequiredService<IServiceProviderIsKeyedService>().IsKeyedService(typeof(ITokenSource), "crn").Should().BeFalse();
        provider.GetKeyedServices<ITokenSource>(KeyedService.AnyKey).Should().ContainSingle();
    }

    private static ServiceProvider Build(params string[] names)
    {
        var services = new ServiceCollection();
        foreach (var name in names)
        {
            services.AddTokenRefresh(name, static options => (options.Grant, options.TokenEndpoint, options.Client) =
                ("client_credentials", "https://login.example.com/token", new() { Id = "a", Secret = "b" }));
        }

        return services.BuildServiceProvider();
    }
}
