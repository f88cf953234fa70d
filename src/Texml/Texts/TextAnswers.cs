using System.Collections.Concurrent;
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
    /// <summary>Of one account at the same time: servers that hang keep no other account's texts waiting.</summary>
    private const int OfAccount = 32;

    /// <summary>Until a text is looked at again of whose account so many are being answered.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private readonly TextRunParts _parts = new(egress, new DocumentRecords(store), texts, links, store.Time);
    private readonly TextCookies _cookies = new();
    private readonly ConcurrentDictionary<TenantId, int> _running = new();

    /// <summary>As its runner is to do them: all that they do is wait for servers.</summary>
    public static JobOptions Options => new() { Parallel = 4 * OfAccount };

    public JobKind Kind => new(TextReception.AnswerJob, RunAsync);

    private async ValueTask<JsonObject?> RunAsync(JobContext job)
    {
        var account = job.Tenant;
        try
        {
            if (_running.AddOrUpdate(account, 1, static (_, count) => count + 1) > OfAccount)
                throw new JobWaitsException(Rest, isCounted: false);
            await AnswerAsync(job);
            return null;
        }
        finally
        {
            _running.AddOrUpdate(account, 0, static (_, count) => count - 1);
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
