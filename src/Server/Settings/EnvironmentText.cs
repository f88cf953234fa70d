namespace Ringwright.Server.Settings;

/// <summary>
/// Variables of the environment as people write them into files: in quotation marks, which a shell, systemd and compose take away and
/// <c>docker run --env-file</c> does not, and with the blanks and the carriage returns of editors behind them.
/// </summary>
internal static class EnvironmentText
{
    /// <summary>One of this process's.</summary>
    /// <returns>Null for one that is not set, or says nothing.</returns>
    public static string? Find(string name) => Plain(Environment.GetEnvironmentVariable(name));

    /// <summary>Without blanks around it, and then without one pair of quotation marks.</summary>
    /// <returns>Null where nothing is left.</returns>
    public static string? Plain(string? text)
    {
        string plain = text?.Trim() ?? "";
        if (plain is ['"', .., '"'] or ['\'', .., '\'']) plain = plain[1..^1];
        return plain.Length > 0 ? plain : null;
    }
}
