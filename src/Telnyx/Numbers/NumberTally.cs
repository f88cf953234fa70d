using System.Text.Json.Nodes;
using Ringwright.Jobs;
using Ringwright.Store.Jobs;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// What has become of the numbers of a job so far. It is kept while the job goes on, so that whoever asks sees its lists move; a job that
/// is begun again goes on from there.
/// </summary>
/// <param name="done">What the job's result calls those that it was done with.</param>
/// <param name="failed">And those that did not take it.</param>
/// <param name="idOf">Of a number as the lists show it.</param>
internal sealed class NumberTally(JobContext job, string done, string failed, Func<JsonNode, string> idOf)
{
    /// <summary>One write for so many numbers, each of which is a write itself.</summary>
    private const int Every = 25;

    private readonly JsonArray _done = Of(job.Job, done), _failed = Of(job.Job, failed);
    private readonly HashSet<string> _tried =
        [.. Of(job.Job, done).Concat(Of(job.Job, failed)).Select(number => idOf(number!))];     // written here

    /// <summary>One of the two lists of a job's result, as much of it as there is.</summary>
    public static JsonArray Of(Job job, string list) => job.Result?[list] is JsonArray numbers ? numbers.DeepClone().AsArray() : [];

    /// <summary>How many were tried.</summary>
    public int Count => _tried.Count;

    public bool Has(JsonNode number) => _tried.Contains(idOf(number));

    /// <param name="number">That no node has above it.</param>
    /// <param name="total">How many the job has, those that were tried before among them.</param>
    public async ValueTask AddAsync(JsonNode number, bool isDone, long total)
    {
        (isDone ? _done : _failed).Add(number);
        _tried.Add(idOf(number));
        job.Report(Count, total);
        if (Count % Every == 0 && Count < total) await job.KeepAsync(Result());
    }

    public JsonObject Result() => new() { [done] = _done.DeepClone(), [failed] = _failed.DeepClone() };
}
