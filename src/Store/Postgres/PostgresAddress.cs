using System.Globalization;
using Npgsql;
using Ringwright.Core;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Where a PostgreSQL database is, as an operator writes it: <c>postgres://USER:PASSWORD@HOST:PORT/NAME</c>
/// or <c>postgres:Host=…;Database=…</c>.
/// </summary>
internal static class PostgresAddress
{
    private const string KeyScheme = "postgres:", Roots = "sslrootcert", SystemsRoots = "system";
    private static readonly string[] UrlSchemes = ["postgres://", "postgresql://"];

    /// <summary>
    /// Parameters of URLs as libpq calls them, by what the driver calls them (https://www.postgresql.org/docs/current/libpq-connect.html).
    /// </summary>
    private static readonly Dictionary<string, string> OfLibpq = new(StringComparer.OrdinalIgnoreCase)
    {
        ["user"] = nameof(NpgsqlConnectionStringBuilder.Username), ["dbname"] = nameof(NpgsqlConnectionStringBuilder.Database),
        [Roots] = nameof(NpgsqlConnectionStringBuilder.RootCertificate),
        ["sslcert"] = nameof(NpgsqlConnectionStringBuilder.SslCertificate),
        ["channel_binding"] = nameof(NpgsqlConnectionStringBuilder.ChannelBinding),
        ["connect_timeout"] = nameof(NpgsqlConnectionStringBuilder.Timeout),
        ["application_name"] = nameof(NpgsqlConnectionStringBuilder.ApplicationName),
        ["client_encoding"] = nameof(NpgsqlConnectionStringBuilder.ClientEncoding),
        ["gssencmode"] = nameof(NpgsqlConnectionStringBuilder.GssEncryptionMode),
    };

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
        if (!Uri.TryCreate(CredentialUrl.Encoded(text), UriKind.Absolute, out var url)) return null;
        var address = new NpgsqlConnectionStringBuilder { Port = url.IsDefaultPort || url.Port < 0 ? 5432 : url.Port };
        if (url.Host.Length > 0) address.Host = url.Host.Trim('[', ']');
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0) address.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2) address.Password = Uri.UnescapeDataString(user[1]);
        if (url.AbsolutePath.Length > 1) address.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        // The roots last: those of the machine ask for all that can be verified.
        foreach (string pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .OrderBy(static pair => pair.StartsWith(Roots, StringComparison.OrdinalIgnoreCase)))
        {
            string[] parts = pair.Split('=', 2);
            Take(address, Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""));
        }
        return address.Host is { Length: > 0 } ? address : null;
    }

    private static void Take(NpgsqlConnectionStringBuilder address, string name, string value)
    {
        string key = OfLibpq.GetValueOrDefault(name, name);
        // A server that does not write is of no use to a node whatever is asked for, and the driver takes the word for several hosts alone.
        if (key is "target_session_attrs" && value is "any" or "read-write" or "primary") return;
        // The authorities of the machine are those that the driver takes where none are named.
        if (key is nameof(NpgsqlConnectionStringBuilder.RootCertificate) && value is SystemsRoots) address.SslMode = SslMode.VerifyFull;
        // libpq writes verify-full for the driver's VerifyFull.
        else if (IsSslMode(key)) address[key] = value.Replace("-", "", StringComparison.Ordinal);
        else address[key] = value;
    }

    private static bool IsSslMode(string key) => key.Replace(" ", "", StringComparison.Ordinal)
        .Equals(nameof(NpgsqlConnectionStringBuilder.SslMode), StringComparison.OrdinalIgnoreCase);

    /// <summary>Host, port and name.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder address) =>
        string.Create(CultureInfo.InvariantCulture, $"postgres://{address.Host}:{address.Port}/{address.Database ?? address.Username}");
}
