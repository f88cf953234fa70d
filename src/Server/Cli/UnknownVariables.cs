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

    public static IReadOnlyList<(string Name, string? Meant)> OfProcess() =>
        Of(Environment.GetEnvironmentVariables().Keys.Cast<string>());

    /// <returns>In the alphabet's order, each with the setting that may be meant; null where none is near.</returns>
    public static IReadOnlyList<(string Name, string? Meant)> Of(IEnumerable<string> names)
    {
        string[] known = [.. ServeFlags.All.Select(flag => flag.Variable)];
        return
        [
            .. names.Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !known.Contains(name)
                    && !OfCommands.Contains(name) && !IsOfService(name.AsSpan(Prefix.Length)))
                .Order(StringComparer.Ordinal).Select(name => (name, MeantBy(name, known))),
        ];
    }

    /// <summary>What to do about it, as the end of a sentence.</summary>
    public static string AdviceOf(string? meant) => meant is null ? "docs/reference/settings.md has all settings" : $"{meant} may be meant";

    /// <summary>What Kubernetes and links of containers say of a service whose name is, or begins with, ringwright.</summary>
    private static bool IsOfService(ReadOnlySpan<char> name)
    {
        const string port = "PORT_";
        if (name is "PORT" || name.Contains("SERVICE_HOST", StringComparison.Ordinal)
            || name.Contains("SERVICE_PORT", StringComparison.Ordinal)) return true;
        int behind = name.IndexOf(port, StringComparison.Ordinal) + port.Length;
        return behind >= port.Length && behind < name.Length && char.IsAsciiDigit(name[behind]);
    }

    private static string? MeantBy(string name, IEnumerable<string> known) =>
        Nearest.Of(name[Prefix.Length..].ToUpperInvariant(), known.Select(variable => variable[Prefix.Length..])) is { } near
            ? Prefix + near : null;
}
