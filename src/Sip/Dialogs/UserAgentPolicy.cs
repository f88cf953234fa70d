using System.Diagnostics;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Dialogs;

/// <summary>What a user agent understands, and the refusals that follow from it in the order of RFC 3261 §8.2.</summary>
public sealed record UserAgentPolicy
{
    private static readonly IReadOnlyList<SipMethod> UsualMethods =
        [SipMethod.Invite, SipMethod.Ack, SipMethod.Cancel, SipMethod.Bye, SipMethod.Options, SipMethod.Info,
            SipMethod.Update, SipMethod.Prack, SipMethod.Notify];

    private static readonly IReadOnlyList<string> UsualOptions = ["100rel", "timer"];

    // Every call says these two: they are put into words with the policy.
    private static readonly string UsualAllow = AllowOf(UsualMethods), UsualSupported = SupportedOf(UsualOptions);

    public IReadOnlyList<SipMethod> Methods
    {
        get;
        init
        {
            field = value;
            Allow = AllowOf(value);
        }
    } = UsualMethods;

    /// <summary>Option tags that a Require may name, and that our requests say in Supported.</summary>
    public IReadOnlyList<string> Options
    {
        get;
        init
        {
            field = value;
            Supported = SupportedOf(value);
        }
    } = UsualOptions;

    /// <summary>
    /// Media types that a body may have; the first is what we send. Others may stand in a multipart body when they are optional there.
    /// </summary>
    public IReadOnlyList<string> Types { get; init; } = ["application/sdp", "application/dtmf-relay", "application/dtmf"];

    /// <summary>The packages that phones may subscribe to (RFC 4235, RFC 3842).</summary>
    public const string EventPackages = "dialog, message-summary";

    /// <summary>The same for a peer who may refer us to others.</summary>
    /// <param name="more">What else it may demand.</param>
    public UserAgentPolicy WithRefer(params ReadOnlySpan<string> more) =>
        this with { Methods = [.. Methods, SipMethod.Refer], Options = [.. Options, "norefersub", .. more] };

    /// <summary>The same for a peer who may subscribe.</summary>
    public UserAgentPolicy WithSubscribe() => this with { Methods = [.. Methods, SipMethod.Subscribe] };

    /// <summary>The same for a peer who may send texts, which belong to no dialog.</summary>
    public UserAgentPolicy WithTexts() => this with { Methods = [.. Methods, SipMethod.Message], Types = [.. Types, "text/plain"] };

    public string Allow { get; private init; } = UsualAllow;

    public string Supported { get; private init; } = UsualSupported;

    public string Accept => string.Join(", ", Types.Append("multipart/mixed"));

    /// <summary>Null when we understand the request; else the response that says why not. Not for ACK, which is never answered.</summary>
    public SipResponseBuilder? Check(SipRequest request)
    {
        // RFC 6665 §8.1.2: nobody subscribes to a call inside of it, and we are told of nothing but our own REFER.
        if (request.Method is SipMethod.Subscribe || request.Method is SipMethod.Notify && !IsOfRefer(request))
            return BadEvent(request);
        // §8.2.1: 501 for what we have never heard of, 405 for what we know and do not do here.
        if (!Methods.Contains(request.Method))
            return new SipResponseBuilder(request, request.Method is SipMethod.Unknown ? 501 : 405).Add(SipHeader.Allow, Allow);
        if (request.ParseRequestUri().Scheme is UriScheme.Other) return new(request, 416);
        // RFC 6086 §4.2.2: no packages either; a digit in an INFO has none.
        if (request.Method is SipMethod.Info && !request.First("Info-Package"u8).IsEmpty)
            return new SipResponseBuilder(request, 469).Add("Recv-Info", "");
        return CheckRequire(request) ?? CheckBody(request) ?? CheckAccept(request);
    }

    /// <summary>A package that nobody is told of here, or none that is named.</summary>
    public static SipResponseBuilder BadEvent(SipRequest request) =>
        new SipResponseBuilder(request, 489).Add(SipHeader.AllowEvents, EventPackages);

    /// <summary>A full answer to OPTIONS (§11.2).</summary>
    public SipResponseBuilder Describe(SipRequest options)
    {
        var answer = new SipResponseBuilder(options, 200).Add(SipHeader.Allow, Allow).Add(SipHeader.Accept, Accept)
            .Add(SipHeader.AcceptEncoding, "identity").Add(SipHeader.AcceptLanguage, "en").Add(SipHeader.Supported, Supported);
        return Methods.Contains(SipMethod.Subscribe) ? answer.Add(SipHeader.AllowEvents, EventPackages) : answer;
    }

    /// <summary>Null when we know every extension that the request demands (RFC 3261 §8.2.2.3).</summary>
    /// <param name="more">Extensions beside <see cref="Options"/> that this request may demand.</param>
    public SipResponseBuilder? CheckRequire(SipRequest request, params ReadOnlySpan<string> more)
    {
        if (request.Method is SipMethod.Cancel) return null;
        List<string>? unknown = null;
        foreach (var option in request.Values(SipHeader.Require))
        {
            if (option.IsEmpty || Options.Contains(option.AsText(), StringComparer.OrdinalIgnoreCase)
                || more.Contains(option.AsText(), StringComparer.OrdinalIgnoreCase)) continue;
            unknown ??= [];
            if (unknown.Count < Limits.NamedOptions && option.Length <= Limits.OptionBytes) unknown.Add(option.AsText());
        }
        return unknown is null ? null : new SipResponseBuilder(request, 420).Add(SipHeader.Unsupported, string.Join(", ", unknown));
    }

    private static string AllowOf(IReadOnlyList<SipMethod> methods) => string.Join(", ", methods.Select(method => method.Wire().AsText()));

    private static string SupportedOf(IReadOnlyList<string> options) => string.Join(", ", options);

    /// <summary>
    /// Some leave out what package a NOTIFY is of. Only of a REFER it has such a body; one without a body that tells a state may be of any
    /// package, and counts where a REFER was sent.
    /// </summary>
    private static bool IsOfRefer(SipRequest notify)
    {
        if (!notify.Has(SipHeader.Event))
            return notify.Body.IsEmpty ? notify.Has(SipHeader.SubscriptionState)
                : ContentType.TryParse(notify.First(SipHeader.ContentType), out var type) is ParseStatus.Ok
                    && type.Is("message"u8, "sipfrag"u8);
        var value = notify.First(SipHeader.Event);
        int semicolon = value.IndexOf((byte)';');
        return (semicolon < 0 ? value : value[..semicolon]).TrimLws().Is("refer"u8);
    }

    private SipResponseBuilder? CheckBody(SipRequest request) =>
        // Whatever an INFO carries is handed on.
        SessionBody.Check(request, type => request.Method is SipMethod.Info
            || request.Method is SipMethod.Notify && type.Is("message"u8, "sipfrag"u8)
            || Types.Contains($"{type.Type.AsText()}/{type.Subtype.AsText()}", StringComparer.OrdinalIgnoreCase)) switch
        {
            BodyFault.None => null,
            BodyFault.Encoded => new SipResponseBuilder(request, 415).Add(SipHeader.AcceptEncoding, "identity"),
            BodyFault.NotUnderstood => new SipResponseBuilder(request, 415).Add(SipHeader.Accept, Accept),
            BodyFault.TooManyParts => new(request, 413, "Too Many Body Parts"),
            BodyFault.Malformed => new(request, 400, "Bad Multipart Body"),
            _ => throw new UnreachableException(),
        };

    /// <summary>A caller who cannot read SDP cannot be answered (§21.4.7).</summary>
    private static SipResponseBuilder? CheckAccept(SipRequest request)
    {
        if (request.Method is not SipMethod.Invite || !request.Has(SipHeader.Accept)) return null;
        foreach (var value in request.Values(SipHeader.Accept))
        {
            int semicolon = value.IndexOf((byte)';');
            var range = semicolon < 0 ? value : value[..semicolon].TrimLws();
            if (range.Is("application/sdp"u8) || range.Is("application/*"u8) || range.Is("*/*"u8)) return null;
        }
        return new(request, 406);
    }
}
