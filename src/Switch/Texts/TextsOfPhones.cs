using System.Text;
using System.Text.Unicode;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Texts;

/// <summary>
/// Texts that phones send (RFC 3428). The ingress filter has proved whose phone it is; here the request is read, and answered when whoever
/// takes texts has written it, or will not have it. What is wrong with it is said before anybody is asked.
/// </summary>
internal sealed class TextsOfPhones(ShardContext shard)
{
    private const string Type = "text/plain";
    private static readonly string[] Alphabets = ["utf-8", "utf8", "us-ascii", "ascii"];

    private readonly Dictionary<int, Open> _open = [];
    private readonly Dictionary<string, int> _perUser = new(StringComparer.Ordinal);
    private readonly Dictionary<TenantId, int> _perAccount = [];

    /// <summary>Requests that wait for a verdict.</summary>
    public int Count => _open.Count;

    public void Handle(TransactionOutput.RequestReceived received, SipCaller caller)
    {
        var (request, user, tenant) = (received.Request, caller.User!, caller.Connection.Tenant);     // who has proved it has a name
        if (AnswerTo(request, IsRoomFor(user, tenant)) is { } answer)
        {
            if (answer.Status < 300) Respond(received.Transaction, answer);
            else Refuse(received.Transaction, request, user, answer, why: null);
            return;
        }
        int correlation = shard.NextCorrelation();
        _open.Add(correlation, new(request, received.Transaction, user, tenant, shard.Settings.UserDomainOn(received.From.Network)));
        Add(_perUser, user, 1);
        Add(_perAccount, tenant, 1);
        string called = Parties.UserOf(request.ParseRequestUri()), words = Encoding.UTF8.GetString(WordsOf(request, out _));
        // With what it says: of a phone that counts nothing, another text is no repetition.
        string key = $"{user}\n{request.CallId.AsText()}\n{request.CSeq.Number}\n{called}\n{words}";
        // As a call of the phone would go there.
        string to = Parties.Dialled(called, caller.Connection.Sip?.Origination.Localization) ?? called;
        shard.Emit(new Effect.TextCame(correlation, new(caller.Connection, user, to, words, key)));
    }

    /// <summary>Whoever takes texts has judged one.</summary>
    public void Hear(ShardMessage.TextJudged judged)
    {
        if (!_open.Remove(judged.Correlation, out var open)) return;
        Add(_perUser, open.User, -1);
        Add(_perAccount, open.Tenant, -1);
        var (status, why) = judged.Verdict;
        var response = new SipResponseBuilder(open.Request, status);
        if (why is not null) response.Add(SipHeader.Warning, $"399 {open.Domain} {WireText.Quote(why)}");
        if (status == 503) response.Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}");
        if (status >= 300) Refuse(open.Transaction, open.Request, open.User, response, why);
        else Respond(open.Transaction, response);
    }

    /// <summary>Null for one that somebody may judge; else what it gets at once.</summary>
    private SipResponseBuilder? AnswerTo(SipRequest request, bool isRoom)
    {
        if (shard.IsDraining || !isRoom)
            return new SipResponseBuilder(request, 503).Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}");
        if (shard.PhonePolicy.CheckRequire(request) is { } demands) return demands;
        var uri = request.ParseRequestUri();
        if (uri.Scheme is UriScheme.Other) return new(request, 416);
        if (uri.IsSipOrSips && !shard.Hosts.IsOurs(uri.HostText) || uri.UserText.Length == 0) return new(request, 404);
        var body = request.Body;
        if (body.Length > Limits.TextOfPhoneBytes) return new(request, 413);
        var words = WordsOf(request, out var type);
        // Somebody types (RFC 3994), and nobody is told. But where that is refused, some phones send no texts any more.
        if (SaysTyping(type)) return new(request, 200);
        if (request.Text(SipHeader.ContentEncoding) is { } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return new SipResponseBuilder(request, 415).Add(SipHeader.AcceptEncoding, "identity");
        if (!IsPlainText(type)) return new SipResponseBuilder(request, 415).Add(SipHeader.Accept, Type);
        if (words.IsEmpty) return new(request, 400, "It Says Nothing");
        return Utf8.IsValid(words) ? null : new(request, 400, "It Is Not UTF-8");
    }

    /// <param name="type">Of what they are.</param>
    private static ReadOnlySpan<byte> WordsOf(SipRequest request, out ReadOnlySpan<byte> type)
    {
        type = request.First(SipHeader.ContentType);
        return ContentType.TryParse(type, out var outer) is ParseStatus.Ok && outer.Is("message"u8, "cpim"u8)
            ? CpimText.Read(request.Body, out type) : request.Body;
    }

    /// <summary>Neither a phone nor an account with many of them takes the room of all others.</summary>
    private bool IsRoomFor(string user, TenantId tenant) => _open.Count < Limits.TextsOfPhones
        && _perUser.GetValueOrDefault(user) < Limits.TextsOfOnePhone && _perAccount.GetValueOrDefault(tenant) < Limits.TextsOfOneAccount;

    private static void Add<T>(Dictionary<T, int> counts, T whose, int more) where T : notnull
    {
        int count = counts.GetValueOrDefault(whose) + more;
        if (count > 0) counts[whose] = count;
        else counts.Remove(whose);
    }

    private static bool SaysTyping(ReadOnlySpan<byte> declared) =>
        ContentType.TryParse(declared, out var type) is ParseStatus.Ok && type.Is("application"u8, "im-iscomposing+xml"u8);

    /// <summary>Some write the two words the other way round.</summary>
    private static bool IsPlainText(ReadOnlySpan<byte> declared) =>
        ContentType.TryParse(declared, out var type) is ParseStatus.Ok
        && (type.Is("text"u8, "plain"u8) || type.Is("plain"u8, "text"u8))
        && (!type.Parameters.TryFind("charset"u8, out var alphabet)
            || Alphabets.Contains(alphabet.AsText().Trim('"'), StringComparer.OrdinalIgnoreCase));

    private void Refuse(ServerTransactionId transaction, SipRequest request, string user, SipResponseBuilder response, string? why)
    {
        Respond(transaction, response);
        shard.Emit(new Effect.RequestRefused("MESSAGE", user, Parties.UserOf(request.ParseRequestUri()), response.Status, why));
    }

    private void Respond(ServerTransactionId transaction, SipResponseBuilder response) =>
        shard.Transactions.Respond(transaction, response.Add(SipHeader.Server, shard.Settings.UserAgent).Build(), shard.Now);

    private readonly record struct Open(SipRequest Request, ServerTransactionId Transaction, string User, TenantId Tenant, string Domain);
}
