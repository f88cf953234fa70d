using System.Globalization;
using Npgsql;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Where a PostgreSQL database is, as an operator writes it: <c>postgres://USER:PASSWORD@HOST:PORT/NAME</c>
/// or <c>postgres:Host=…;Database=…</c>.
/// </summary>
internal static class PostgresAddress
{
    private const string KeyScheme = "postgres:";
    private static readonly string[] UrlSchemes = ["postgres://", "postgresql://"];

    public static bool IsOne(string text) => text.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);

    /// <returns>Null when the text is neither of the two forms; nothing of it is to be shown, a password may be in it.</returns>
    public static NpgsqlConnectionStringBuilder? Read(string text)
    {
        try
        {
            if (Array.Exists(UrlSchemes, s => text.StartsWith(s, StringComparison.OrdinalIgnoreCase))) return ReadUrl(text);
            return text.StartsWith(KeyScheme, StringComparison.OrdinalIgnoreCase)
                && text.Length > KeyScheme.Length ? new(text[KeyScheme.Length..]) : null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static NpgsqlConnectionStringBuilder? ReadUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0) return null;
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host.Trim('[', ']'), Port = url.IsDefaultPort || url.Port < 0 ? 5432 : url.Port
        };
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0) address.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2) address.Password = Uri.UnescapeDataString(user[1]);
        if (url.AbsolutePath.Length > 1) address.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        foreach (string pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            // libpq writes the option without the space.
            string key = parts[0].Equals("sslmode", StringComparison.OrdinalIgnoreCase) ? "SSL Mode" : Uri.UnescapeDataString(parts[0]);
            address[key] = Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "").Replace("-", "", StringComparison.Ordinal);
        }
        return address;
    }

    /// <summary>Host, port and name.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder address) =>
        string.Create(CultureInfo.InvariantCulture, $"postgres://{address.Host}:{address.Port}/{address.Database ?? address.Username}");
}
