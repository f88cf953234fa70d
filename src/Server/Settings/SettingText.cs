using System.Globalization;
using System.Net;
using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Delivery.Mails;
using Ringwright.Server.Clock;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Settings;

/// <summary>
/// The text of one setting and where it was written, with the ways to read it. Each refusal is one sentence that names both.
/// </summary>
internal readonly record struct SettingText(string Source, string Value)
{
    private const int FirstRtpPort = 1024, LastPort = 65_535;

    public IPEndPoint EndPoint()
    {
        int colon = Value.LastIndexOf(':');
        if (colon <= 0 || !TryPort(Value[(colon + 1)..], 0, out int port)) throw Bad("must be HOST:PORT, for example 127.0.0.1:8080");
        return new(HostAddress(Value[..colon]), port);
    }

    public IReadOnlyList<IPEndPoint> EndPoints() => Each(static one => one.EndPoint());

    /// <summary>Without a host where none is named.</summary>
    public IReadOnlyList<(IPAddress? Host, int First, int Last)> PortRanges() => Each(static one => one.PortRange());

    /// <summary>With the local host that the address stands for, where one is named.</summary>
    public IReadOnlyList<(IPAddress? Local, IPAddress Told)> Addresses() => Each(static one =>
    {
        int equals = one.Value.IndexOf('=');
        var told = (one with { Value = one.Value[(equals + 1)..] }).Address();
        return (equals < 0 ? null : (one with { Value = one.Value[..equals] }).Address(), told);
    });

    private IReadOnlyList<T> Each<T>(Func<SettingText, T> read)
    {
        var items = List();
        var source = Source;
        return items.Count > 0 ? [.. items.Select(item => read(new(source, item)))] : [read(this)];
    }

    private (IPAddress? Host, int First, int Last) PortRange()
    {
        int colon = Value.LastIndexOf(':'), dash = Value.LastIndexOf('-');
        if (colon == 0 || dash < colon || dash < 0 || !TryPort(Value[(colon + 1)..dash], FirstRtpPort, out int first)
                || !TryPort(Value[(dash + 1)..], FirstRtpPort, out int last))
            throw Bad(
                $"must be FIRST-LAST or HOST:FIRST-LAST with ports from {FirstRtpPort} to {LastPort}, for example 127.0.0.1:16384-32767");
        if (last - first < 1) throw Bad("must hold at least two ports: one for RTP, one for RTCP");
        return (colon < 0 ? null : HostAddress(Value[..colon]), first, last);
    }

    /// <summary>Null for the wall clock.</summary>
    public DateTimeOffset? VirtualStart()
    {
        const string Virtual = "virtual", Form = "must be wall, virtual or virtual=INSTANT, for example virtual=2026-03-02T08:30:00Z";
        if (Value is "wall") return null;
        if (Value is Virtual) return VirtualWorld.UsualStart;
        if (!Value.StartsWith(Virtual + "=", StringComparison.Ordinal)) throw Bad(Form);
        return DateTimeOffset.TryParseExact(Value[(Virtual.Length + 1)..], ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) && start.Year is >= 2000 and < 2200
            ? start.ToUniversalTime() : throw Bad(Form + ", in the years 2000 to 2199");
    }

    public IPAddress Address() =>
        TypedAddress.TryRead(Value.Trim('[', ']'), out var address) ? address : throw Bad("must be an IP address");

    public Uri HttpUrl() =>
        Uri.TryCreate(Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0
        && url.Fragment.Length == 0
            ? url
            : throw Bad("must be an http or https URL");

    public Uri SocketUrl() =>
        Uri.TryCreate(Value, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" && url.Query.Length == 0
        && url.Fragment.Length == 0
            ? url
            : throw Bad("must be a ws or wss URL");

    /// <summary>As <see cref="HttpUrl"/>, with a query if it has one.</summary>
    public Uri LocalUrl() =>
        Uri.TryCreate(Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
            : throw Bad("must be an http or https URL, for example http://127.0.0.1:3000/hook");

    public IReadOnlyList<string> List() => Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>As browsers write them: a scheme, a host, and a port where it is not the scheme's own. Or a star.</summary>
    public IReadOnlyList<string> Origins() => Each(static one => one.Value is CrossOrigin.Any ? one.Value : one.Origin());

    private string Origin() =>
        Uri.TryCreate(Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.GetLeftPart(UriPartial.Authority) is var origin && Value.TrimEnd('/').Equals(origin, StringComparison.OrdinalIgnoreCase)
            ? origin : throw Bad("must be origins such as https://console.example.com, separated by commas, or *");

    public IReadOnlyList<string> HostNames()
    {
        var names = List();
        foreach (string name in names)
            if (Uri.CheckHostName(name) is UriHostNameType.Unknown)
                throw Bad("must be host names such as sip.example.com, separated by commas");
        return names;
    }

    public string HostName() =>
        Uri.CheckHostName(Value) is UriHostNameType.Dns ? Value : throw Bad("must be a host name such as sip.example.com");

    public IReadOnlyList<IPNetwork> Networks()
    {
        var networks = new List<IPNetwork>();
        foreach (string item in List())
        {
            if (TypedNetwork.TryRead(item, out var network)) networks.Add(network);
            else throw Bad("must be networks such as 10.0.0.0/8, separated by commas");
        }
        return networks;
    }

    public long Number(long least, long most) =>
        long.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw Bad($"must be a whole number from {least} to {most}");

    /// <summary>Null for ever.</summary>
    public TimeSpan? Days() => Value == "forever" ? null : Value is var text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long days) && days is >= 1 and <= 36_500
        ? TimeSpan.FromDays(days)
        : throw Bad("must be a whole number of days from 1 to 36500, or forever");

    public string PhoneNumber() =>
        E164.TryParse(Value, out var number) ? number.Text : throw Bad("must be a number in +E.164 form, for example +498912345678");

    public IReadOnlyList<(string Name, string Voice)> VoiceAliases() => Each(static one =>
    {
        int equals = one.Value.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == one.Value.Length - 1 || one.Value.AsSpan(0, equals - 1).Contains('*'))
            throw one.Bad("must be NAME=VOICE, for example AWS.Polly.Joanna=female, or AWS.*=female for all names that begin so");
        return (one.Value[..equals], one.Value[(equals + 1)..]);
    });

    public IReadOnlyList<(string Name, string Model)> ModelAliases() => Each(static one =>
    {
        int equals = one.Value.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == one.Value.Length - 1)
            throw one.Bad("must be NAME=MODEL, for example openai/gpt-4o=qwen3, or *=qwen3 for all other names");
        return (one.Value[..equals], one.Value[(equals + 1)..]);
    });

    public NumberRange Numbers(int least) => NumberRange.Parse(Value) is { } range && range.Count >= least ? range
        : throw Bad($"must be +FIRST-+LAST, {least} to 1000000 numbers in a row");

    public IReadOnlyList<(string Number, string Script)> AgentLines() => Each(static one =>
    {
        int equals = one.Value.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == one.Value.Length - 1) throw one.Bad("must be NUMBER=NAME, for example +498912345678=orders");
        return ((one with { Value = one.Value[..equals] }).PhoneNumber(), one.Value[(equals + 1)..]);
    });

    public IReadOnlyList<(string Api, string Host)> ApiHosts() => Each(static one =>
    {
        int equals = one.Value.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || Uri.CheckHostName(one.Value[(equals + 1)..]) is UriHostNameType.Unknown)
            throw one.Bad("must be API=HOST, an API's name and a host name such as voice.example.com");
        return (one.Value[..equals], one.Value[(equals + 1)..]);
    });

    public string OneOf(params string[] words)
    {
        foreach (string word in words)
            if (word.Equals(Value, StringComparison.OrdinalIgnoreCase)) return word;
        throw Bad($"must be {string.Join(" or ", words)}");
    }

    public bool IsOn() => OneOf("on", "off") == "on";

    public bool Switch() => Value.ToLowerInvariant() switch
    {
        "1" or "true" or "yes" or "on" => true,
        "0" or "false" or "no" or "off" => false,
        _ => throw Bad("must be true or false"),
    };

    /// <summary>The value is left out of the sentence: terminals and logs keep what is printed.</summary>
    public string Secret(int leastLength)
    {
        foreach (char c in Value)
            if (c is <= ' ' or > '~') throw new StartRefused($"{Source} must be printable ASCII without spaces");
        return Value.Length >= leastLength ? Value : throw new StartRefused($"{Source} must have at least {leastLength} characters");
    }

    public string Folder() => Path.GetFullPath(Value);

    /// <summary>A file that is written; only its folder has to be there.</summary>
    public string NewFile()
    {
        string file = Path.GetFullPath(Value);
        return Directory.Exists(Path.GetDirectoryName(file)) && !Directory.Exists(file) ? file
            : throw Bad("must name a file in a folder that is there");
    }

    public string ExistingFolder() => Directory.Exists(Value) ? Path.GetFullPath(Value) : throw Bad("must name a folder that is there");

    public string ExistingFile() => File.Exists(Value) ? Path.GetFullPath(Value) : throw Bad("must name a file that is there");

    /// <summary>As with <see cref="Secret"/> the value is left out of the sentence: a password may be in it.</summary>
    public string Database()
    {
        if (Value.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase) && Value.Length > 7)
            return "sqlite:" + Path.GetFullPath(Value[7..]);
        return Store.Database.IsServer(Value) ? Value
            : throw new StartRefused(
                $"{Source} must be sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/NAME, with parameters that psql has behind ?");
    }

    /// <summary>As with <see cref="Secret"/> the value is left out of the sentence.</summary>
    public MailServer MailServer()
    {
        const int Submission = 587, Implicit = 465;
        if (!Uri.TryCreate(CredentialUrl.Encoded(Value), UriKind.Absolute, out var url) || url.Scheme is not ("smtp" or "smtps")
                || url.Host.Length == 0 || url.AbsolutePath is not ("" or "/") || url.Query.Length > 0)
            throw new StartRefused(
                $"{Source} must be smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT; user and password may be left out");
        bool isTls = url.Scheme == "smtps";
        string[] who = url.UserInfo.Split(':', 2);
        if (who is [{ Length: > 0 }]) throw new StartRefused($"{Source} names a user without a password");
        return new()
        {
            Host = url.DnsSafeHost,
            Port = url.Port > 0 && !url.IsDefaultPort ? url.Port : isTls ? Implicit : Submission,
            IsTls = isTls,
            User = who.Length == 2 ? Uri.UnescapeDataString(who[0]) : null,
            Password = who.Length == 2 ? Uri.UnescapeDataString(who[1]) : null,
            From = $"ringwright@{(Uri.CheckHostName(url.DnsSafeHost) is UriHostNameType.Dns ? url.DnsSafeHost : "localhost")}",
        };
    }

    public string MailAddress() =>
        System.Net.Mail.MailAddress.TryCreate(Value, out var address) && address.Address == Value && Value.All(char.IsAscii) ? Value
            : throw Bad("must be a mail address such as alerts@example.com");

    private static bool TryPort(string text, int least, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port >= least && port <= LastPort;

    private IPAddress HostAddress(string host) =>
        host == "localhost" ? IPAddress.Loopback
        : TypedAddress.TryRead(host.Trim('[', ']'), out var address) ? address
        : throw Bad("must name an IP address of this machine (or localhost), a colon and a port");

    private StartRefused Bad(string demand) => new($"{Source} {demand}, not '{Value}'");
}
