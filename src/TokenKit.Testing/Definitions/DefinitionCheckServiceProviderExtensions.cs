using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Testing;

/// <summary>Checks a program's definitions against recorded answers, in one line of a test.</summary>
public static class DefinitionCheckServiceProviderExtensions
{
    /// <summary>Runs a definition offline against a file of recorded answers; see <see cref="ITokenDefinitions.CheckAsync"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="name">The token name.</param>
    /// <param name="answersFile">A file as <see cref="RecordedAnswers"/> reads it.</param>
    /// <param name="options">What to begin with; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the check between two refreshes.</param>
    /// <returns>What came of each refresh; its text is the report for people.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not registered.</exception>
    /// <exception cref="FormatException">The file does not hold answers.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The definition cannot work; the message lists every fault.</exception>
    /// <example>
    /// <code>
    /// var check = await services.CheckTokenDefinitionAsync("crm", "crm.answers.json");
    /// Assert.True(check.Succeeded, check.ToString());
    /// </code>
    /// </example>
    public static ValueTask<DefinitionCheck> CheckTokenDefinitionAsync(
        this IServiceProvider services, string name, string answersFile, DefinitionCheckOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.GetRequiredService<ITokenDefinitions>().CheckAsync(name, RecordedAnswers.Read(answersFile), options, cancellationToken);
    }
}
