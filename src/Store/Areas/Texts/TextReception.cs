using System.Data;
using Dapper;
using Ringwright.Calls.Texts;
using Ringwright.Store.Audit;
using Ringwright.Store.Jobs;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>
/// What is written with a text that comes: a rule for whoever wants no more, and the node's answer. Two who answer by themselves would go
/// on for ever: nothing automatic is answered, an answer goes to one number once in a minute and five times a day, and whoever writes the
/// same three times within an hour gets none to it.
/// </summary>
public sealed record TextReception
{
    /// <summary>The kind of <see cref="Stopped"/>: it counts for no limit of jobs.</summary>
    public const string StopJob = "text_stop";
    /// <summary>The kind of a job that asks who answers the text, which counts for no limit of jobs either.</summary>
    public const string AnswerJob = "text_answer";
    /// <summary>Of answers to one word, from one number to another.</summary>
    public const int MostOfDay = 5;
    public static readonly TimeSpan BetweenAnswers = TimeSpan.FromSeconds(60), Day = TimeSpan.FromDays(1), Hour = TimeSpan.FromHours(1);
    private const int SameTexts = 3;

    internal const string CountAnswers = """
        select count(*) from rw_text where tenant_id = @tenant and sender = @sender and recipient = @recipient and received_at > @since
            and direction = 'outbound' and is_automatic and keyword = @keyword
        """;
    internal const string CountSame = """
        select count(*) from rw_text where tenant_id = @tenant and sender = @sender and recipient = @recipient and received_at > @since
            and direction = 'inbound' and words = @words
        """;

    /// <summary>Whoever is told, and what it costs.</summary>
    public UnitOfWork? Work { get; init; }
    /// <summary>A rule that comes of it.</summary>
    public TextBlock? Block { get; init; }
    /// <summary>What is done where a rule is new, for the account that the text came to.</summary>
    public NewJob? Stopped { get; init; }
    /// <summary>It takes a rule away.</summary>
    public bool Lifts { get; init; }
    /// <summary>The node's answer, where there is to be one; to who wants no more only the first time.</summary>
    public TextMessage? Answer { get; init; }
    /// <summary>What the answer must fit under: whoever writes spends the receiver's money by it.</summary>
    public TextAllowance Allowance { get; init; }

    internal void Write(IDbConnection db, TextMessage come)
    {
        TextTable.Write(db, come);
        bool isNew = Block is null || TextBlockTable.Put(db, come.Tenant, Block);
        if (isNew && Stopped is { } job) JobTable.Write(db, come.Tenant, job, come.ReceivedAt);
        if (Lifts) TextBlockTable.Lift(db, come.Tenant, come.Profile, come.From);
        if (!isNew || Answer is not { } answer || come.IsAutomatic || IsLoop(db, come, answer)) return;
        if (TextTable.MoneyRefusalOf(db, answer, Allowance) is not TextRefusal.None and var refusal)
            AuditTable.Write(db, Unsaid(come, answer, refusal));
        else
            TextTable.Write(db, answer);
    }

    /// <summary>Whoever wrote waits for an answer that the account does not pay for: its people learn of it by their trail.</summary>
    private static AuditNote Unsaid(TextMessage come, TextMessage answer, TextRefusal refusal) => new()
    {
        Tenant = come.Tenant, At = come.ReceivedAt, By = AuditActor.Node, Change = "not_answered", RecordType = "message",
        ResourceId = come.Id.ToString(),
        After = new()
        {
            ["keyword"] = Names<TextKeyword>.Of(answer.Keyword), ["to"] = answer.To,
            ["reason"] = refusal is TextRefusal.DailyLimit ? "daily_spend_limit" : "insufficient_funds",
        },
    };

    private static bool IsLoop(IDbConnection db, TextMessage come, TextMessage answer)
    {
        var at = come.ReceivedAt;
        return Answers(at - BetweenAnswers) > 0 || Answers(at - Day) >= MostOfDay
            || db.ExecuteScalar<long>(CountSame, new
            {
                tenant = come.Tenant, sender = come.From, recipient = come.To, since = at - Hour, words = come.Words,
            }) >= SameTexts;

        long Answers(DateTimeOffset since) => db.ExecuteScalar<long>(CountAnswers, new
        {
            tenant = answer.Tenant, sender = answer.From, recipient = answer.To, since, keyword = Names<TextKeyword>.Of(answer.Keyword),
        });
    }
}
