using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>What <c>trunk add</c> and <c>trunk set</c> say of a trunk. What is not typed is left as it is.</summary>
internal sealed class TrunkOptions
{
    internal const string PasswordVariable = "RINGWRIGHT_TRUNK_PASSWORD";

    private const string SipScheme = "sip:", SipsScheme = "sips:", TransportParameter = ";transport=";

    private readonly Option<string> _user = new("--user") { Description = "user name, when the carrier asks for digest authentication" };
    private readonly Option<string> _password = new("--password")
    {
        Description = $"its password; {PasswordVariable} keeps it out of the shell's history"
    };
    private readonly Option<string[]> _sources = new("--source")
    {
        Description = "networks that its calls come from (192.0.2.0/24), separated by commas or each by itself; its own address when HOST "
            + "is one"
    };
    private readonly Option<string> _codecs = new("--codecs") { Description = "in order of preference, for example PCMA,PCMU" };
    private readonly Option<string> _encryption = new("--media-encryption")
    {
        Description = "SRTP on its calls: disabled (as it is without this), optional or required"
    };
    private readonly Option<string> _domain = new("--from-domain") { Description = "host that From names" };
    private readonly Option<string> _callers = new("--caller-id")
    {
        Description = "which numbers customers may show on it: owned (their own and verified ones, as it is without this) or any"
    };
    private readonly Option<string> _identity = new("--identity")
    {
        Description = "the header that tells it who calls, beside From: none or pai (P-Asserted-Identity)"
    };
    private readonly Option<string> _forwardedBy = new("--forwarded-by")
    {
        Description = "the header that tells it who sent a call on: diversion (as it is without this), history-info, both or none"
    };
    private readonly Option<string> _transport = new("--transport")
    {
        Description = "udp, tcp or tls; without it the name's records say, else udp"
    };
    private readonly Option<string> _nat = new("--nat")
    {
        Description = "which of its addresses are believed: auto, trust-contact (all, private ones too), source (only where it comes from)"
    };
    private readonly Option<string> _adjusts = new("--rtp-auto-adjust")
    {
        Description = "on (the default) or off: whether its sound may come from elsewhere than its SDP says, when nothing comes from there"
    };
    private readonly Option<bool> _refers = new("--may-refer")
    {
        Description = "whoever is behind it may transfer by REFER, at the expense of the account whose call it is: for a PBX of yours"
    };
    private readonly Option<bool> _register = new("--register")
    {
        Description = "register with it under --user, so that it brings calls here"
    };
    private readonly Option<string> _registrar = new("--registrar")
    {
        Description = "HOST or HOST:PORT that takes the registration, when it is not the trunk itself; USER@ before it is the name to "
            + "register, when that is not --user"
    };
    private readonly Option<int?> _silence = new("--rtp-timeout")
    {
        Description = "its calls end after so many seconds without any RTP; 0 is no limit, without it the connection says (60)"
    };
    private readonly Option<int?> _heldSilence = new("--held-rtp-timeout") { Description = "the same while it holds the call" };
    private readonly TrunkLimitOptions _limits = new();
    private readonly TrunkTlsOptions _tls = new();

    public TrunkOptions()
    {
        _callers.AcceptOnlyFromAmong("owned", "any");
        _identity.AcceptOnlyFromAmong("none", "pai");
        _forwardedBy.AcceptOnlyFromAmong("diversion", "history-info", "both", "none");
        _transport.AcceptOnlyFromAmong("udp", "tcp", "tls");
        _nat.AcceptOnlyFromAmong("auto", "trust-contact", "source");
        _adjusts.AcceptOnlyFromAmong("on", "off");
    }

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _user, _password, _sources, _codecs, _encryption, _domain, _callers, _identity, _forwardedBy, _transport, _nat, _adjusts,
            _refers, _register, _registrar, _silence, _heldSilence,
        ];
        foreach (var option in options) command.Options.Add(option);
        _limits.AddTo(command);
        _tls.AddTo(command);
    }

    /// <exception cref="StartRefused">A file cannot be read.</exception>
    public async Task FillAsync(ParseResult parsed, JsonObject body, CancellationToken stop)
    {
        if (parsed.GetValue(_user) is { } login)
        {
            body["auth_username"] = login;
            if ((parsed.GetValue(_password) ?? Environment.GetEnvironmentVariable(PasswordVariable)) is { Length: > 0 } typed)
                body["auth_password"] = typed;
        }
        else if (parsed.GetValue(_password) is { } secret) body["auth_password"] = secret;
        if (parsed.GetValue(_sources) is { Length: > 0 } networks)
            body["sources"] = Words(networks.SelectMany(typed =>
                typed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        _limits.Fill(parsed, body);
        if (parsed.GetValue(_codecs) is { } list) body["codecs"] = Words(list.Split(',', StringSplitOptions.TrimEntries));
        if (parsed.GetValue(_encryption) is { } srtp) body["media_encryption"] = srtp;
        if (parsed.GetValue(_domain) is { } from) body["from_domain"] = from;
        if (parsed.GetValue(_callers) is { } choice) body["caller_id"] = choice;
        if (parsed.GetValue(_identity) is { } header) body["identity"] = header;
        if (parsed.GetValue(_forwardedBy) is { } told) body["forwarded_by"] = told;
        if (parsed.GetValue(_transport) is { } way) body["transport"] = way;
        if (parsed.GetValue(_nat) is { } policy) body["nat"] = policy;
        if (parsed.GetValue(_adjusts) is { } may) body["rtp_auto_adjust"] = may == "on";
        if (IsTyped(parsed, _refers)) body["may_refer"] = parsed.GetValue(_refers);
        if (IsTyped(parsed, _register)) body["register"] = parsed.GetValue(_register);
        if (parsed.GetValue(_silence) is { } seconds) body["rtp_timeout_secs"] = seconds;
        if (parsed.GetValue(_heldSilence) is { } heldSeconds) body["held_rtp_timeout_secs"] = heldSeconds;
        if (parsed.GetValue(_registrar) is { } takes) body["registrar"] = takes;
        await _tls.FillAsync(parsed, body, stop);
    }

    /// <summary>
    /// The host, and the port where one follows it: an IPv6 address has one behind its brackets only. Carriers write it as a SIP URI, too,
    /// which may say the transport.
    /// </summary>
    public static void FillPlace(string where, JsonObject body)
    {
        bool isSecure = where.StartsWith(SipsScheme, StringComparison.OrdinalIgnoreCase);
        if (isSecure) where = where[SipsScheme.Length..];
        else if (where.StartsWith(SipScheme, StringComparison.OrdinalIgnoreCase)) where = where[SipScheme.Length..];
        if (where.IndexOf(TransportParameter, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            (where, body["transport"]) = (where[..at], where[(at + TransportParameter.Length)..].ToLowerInvariant());
        if (isSecure) body["transport"] = "tls";        // over TCP, whatever the parameter says (RFC 3261 section 26.2.2)
        int colon = where.StartsWith('[') || where.IndexOf(':') == where.LastIndexOf(':') ? where.LastIndexOf(':') : -1;
        if (colon > 0 && int.TryParse(where[(colon + 1)..], out int port)) (where, body["port"]) = (where[..colon], port);
        body["host"] = where;
    }

    /// <summary><c>--register false</c> switches off.</summary>
    private static bool IsTyped(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(w => (JsonNode)w)]);
}
