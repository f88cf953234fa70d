using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary>
/// Variables of the environment that look like settings and are none. A flag that is mistyped ends the start; a variable was as if it
/// were not there, and the node ran by a default: on SQLite, or with the address that nobody outside reaches.
/// </summary>
internal static class UnknownVariables
{
    private const string Prefix = "RINGWRIGHT_";

    /// <summary>Of commands beside <c>serve</c>.</summary>
    private static readonly string[] OfCommands =
        [AccountApi.AddressVariable, TrunkOptions.PasswordVariable, TextCarrierCommand.PasswordVariable];

    /// <summary>What Kubernetes and links of containers say of a service that is called ringwright.</summary>
    private static readonly string[] OfServices = ["SERVICE_", "PORT"];

    public static IReadOnlyList<(string Name, string? Meant)> OfProcess() =>
        Of(Environment.GetEnvironmentVariables().Keys.Cast<string>());

    /// <returns>In the alphabet's order, each with the setting that may be meant; null where none is near.</returns>
    public static IReadOnlyList<(string Name, string? Meant)> Of(IEnumerable<string> names)
    {
        string[] known = [.. ServeFlags.All.Select(flag => flag.Variable)];
        return
        [
            .. names.Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !known.Contains(name)
                    && !OfCommands.Contains(name)
                    && !OfServices.Any(word => name.AsSpan(Prefix.Length).StartsWith(word, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal).Select(name => (name, MeantBy(name, known))),
        ];
    }

    /// <summary>What to do about it, as the end of a sentence.</summary>
    public static string AdviceOf(string? meant) => meant is null ? "docs/reference/settings.md has all settings" : $"{meant} may be meant";

    private static string? MeantBy(string name, IEnumerable<string> known) =>
        Nearest.Of(name[Prefix.Length..].ToUpperInvariant(), known.Select(variable => variable[Prefix.Length..])) is { } near
            ? Prefix + near : null;
}
