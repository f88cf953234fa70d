using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Texml.Texts;

/// <summary>
/// Asks the documents of a number for the answer to a text that has come to it: a job for each text, written with its row. What is not done
/// as a document says is a warning of the account.
/// </summary>
public sealed class TextAnswers(Database store, EgressClient egress, DownloadLinks links, DocumentTexts texts)
{
    /// <summary>
    /// Of one account at the same time, and thrice as many of one and all below it: servers that hang keep no others' texts waiting.
    /// </summary>
    private const int OfAccount = 32;

    /// <summary>Until a text is looked at again of whose account so many are being answered.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private readonly TextRunParts _parts = new(egress, new DocumentRecords(store), texts, links, store.Time);
    private readonly TextCookies _cookies = new();
    private readonly AccountPlaces _running = new(OfAccount, ofFamily: 3 * OfAccount);

    /// <summary>As its runner is to do them: all that they do is wait for servers.</summary>
    public static JobOptions Options => new() { Parallel = 4 * OfAccount };

    public JobKind Kind => new(TextReception.AnswerJob, RunAsync);

    private async ValueTask<JsonObject?> RunAsync(JobContext job)
    {
        var account = job.Tenant;
        var head = store.Routing.Current.FindTenant(account)?.Parent ?? account;
        if (!_running.TryTake(account, head)) throw new JobWaitsException(Rest, isCounted: false);
        try
        {
            await AnswerAsync(job);
            return null;
        }
        finally
        {
            _running.Give(account, head);
        }
    }

    private async ValueTask AnswerAsync(JobContext job)
    {
        // Forgotten, or hidden by its account, or answered otherwise by now.
        if (!Guid.TryParse((string?)job.Input[TwimlTexts.Come], out var id)
            || await store.Texts.FindAsync(job.Tenant, id, job.Stop) is not { IsHidden: false } come
            || store.Routing.Current.FindTenant(job.Tenant) is not { IsDisabled: false }
            || store.Routing.Current.FindOwnNumber(come.To) is not { Texts: { Url: { Length: > 0 } url } documents } own
            || own.Tenant != job.Tenant) return;
        var run = new TextRun(_parts, come, _cookies.Of(come, store.Time.GetUtcNow()));
        await run.AnswerAsync(documents, url, job.Stop);
        foreach (var warning in run.Warnings)
            await store.Warnings.AddAsync(job.Tenant, store.Time.GetUtcNow(), warning.Url, warning.Line, warning.Cause, job.Stop);
    }
}
