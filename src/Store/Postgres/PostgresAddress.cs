using System.Data.Common;
using System.Globalization;
using Npgsql;
using Ringwright.Core;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Where a PostgreSQL database is, as an operator writes it: <c>postgres://USER:PASSWORD@HOST:PORT/NAME</c>
/// or <c>postgres:Host=…;Database=…</c>. Several servers stand between commas, in either form, each with its port or without.
/// </summary>
internal static class PostgresAddress
{
    private const string KeyScheme = "postgres:", Roots = "sslrootcert", SystemsRoots = "system";
    private const int UsualPort = 5432, MostPort = 65_535;
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
        ["keepalives_idle"] = nameof(NpgsqlConnectionStringBuilder.TcpKeepAliveTime),
        ["keepalives_interval"] = nameof(NpgsqlConnectionStringBuilder.TcpKeepAliveInterval),
        ["target_session_attrs"] = nameof(NpgsqlConnectionStringBuilder.TargetSessionAttributes),
    };

    public static bool IsOne(string text) => text.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);

    /// <returns>Null when the text is neither of the two forms; nothing of it is to be shown, a password may be in it.</returns>
    public static NpgsqlConnectionStringBuilder? Read(string text)
    {
        try
        {
            if (Array.Exists(UrlSchemes, s => text.StartsWith(s, StringComparison.OrdinalIgnoreCase))) return ReadUrl(text);
            return text.StartsWith(KeyScheme, StringComparison.OrdinalIgnoreCase)
                && text.Length > KeyScheme.Length ? ReadKeys(text[KeyScheme.Length..]) : null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The servers of an address in their order, each as an address of its own; which of them takes changes they say.</summary>
    public static IReadOnlyList<NpgsqlConnectionStringBuilder> ServersOf(NpgsqlConnectionStringBuilder address)
    {
        string[] servers = (address.Host ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return servers.Length == 0 ? [address] : [.. servers.Select(server => ServerOf(address, server))];
    }

    /// <param name="text">A name or an address, with a port behind a colon or without; one of IPv6 with a port in brackets.</param>
    private static NpgsqlConnectionStringBuilder ServerOf(NpgsqlConnectionStringBuilder address, string text)
    {
        int colon = text.LastIndexOf(':'), port = 0;
        bool hasPort = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= MostPort;
        return new(address.ConnectionString)
        {
            Host = (hasPort ? text[..colon] : text).Trim('[', ']'), Port = hasPort ? port : address.Port,
        };
    }

    /// <summary>The driver's words for all, and those of psql.</summary>
    private static NpgsqlConnectionStringBuilder ReadKeys(string text)
    {
        var plain = new DbConnectionStringBuilder { ConnectionString = text };
        var address = new NpgsqlConnectionStringBuilder();
        foreach (string key in plain.Keys) Take(address, key, (string)plain[key]);      // it has texts alone
        return address;
    }

    private static NpgsqlConnectionStringBuilder? ReadUrl(string text)
    {
        string[] servers = CutServers(CredentialUrl.Encoded(text), out string one);
        if (!Uri.TryCreate(one, UriKind.Absolute, out var url)) return null;
        var address = new NpgsqlConnectionStringBuilder { Port = url.IsDefaultPort || url.Port < 0 ? UsualPort : url.Port };
        if (servers.Length > 1) (address.Host, address.Port) = (string.Join(',', servers), UsualPort);
        else if (url.Host.Length > 0) address.Host = url.Host.Trim('[', ']');
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

    /// <param name="one">The same URL with the first server alone: of several no URL knows.</param>
    /// <returns>What stands where the server belongs, cut at its commas.</returns>
    private static string[] CutServers(string url, out string one)
    {
        int begin = url.IndexOf("://", StringComparison.Ordinal) + 3, end = url.AsSpan(begin).IndexOfAny('/', '?');
        end = end < 0 ? url.Length : begin + end;
        int user = url.AsSpan(begin, end - begin).LastIndexOf('@');
        if (user >= 0) begin += user + 1;
        string[] servers = url[begin..end].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        one = servers.Length > 1 ? url[..begin] + servers[0] + url[end..] : url;
        return servers;
    }

    private static void Take(NpgsqlConnectionStringBuilder address, string name, string value)
    {
        string key = OfLibpq.GetValueOrDefault(name, name);
        if (Is(key, nameof(NpgsqlConnectionStringBuilder.TargetSessionAttributes)))
        {
            // A server that does not write is of no use to a node whatever is asked for.
            if (value.ToLowerInvariant() is "any" or "read-write" or "primary" or "prefer-primary") return;
            throw new ArgumentException("A node needs a server that takes changes.", nameof(value));
        }
        // The node goes to the one that takes changes, and to no other.
        if (Is(key, nameof(NpgsqlConnectionStringBuilder.LoadBalanceHosts))) return;
        // The authorities of the machine are those that the driver takes where none are named.
        if (Is(key, nameof(NpgsqlConnectionStringBuilder.RootCertificate)) && value is SystemsRoots) address.SslMode = SslMode.VerifyFull;
        // libpq writes verify-full for the driver's VerifyFull.
        else if (Is(key, nameof(NpgsqlConnectionStringBuilder.SslMode))) address[key] = value.Replace("-", "", StringComparison.Ordinal);
        else address[key] = value;
    }

    private static bool Is(string key, string property) =>
        key.Replace(" ", "", StringComparison.Ordinal).Equals(property, StringComparison.OrdinalIgnoreCase);

    /// <summary>Servers with their ports, and name.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder address)
    {
        var servers = ServersOf(address).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Host}:{one.Port}"));
        return $"postgres://{string.Join(',', servers)}/{address.Database ?? address.Username}";
    }
}
