using System.Text.Json.Nodes;

namespace Ringwright.Jobs;

/// <summary>A kind of work that a dialect or a module gives to jobs.</summary>
/// <param name="Name">As jobs name it: lower case, unique on the node.</param>
/// <param name="Run">
/// Does it and returns what the job's result is to be, or null. It may be run again from the start after a crash, so it
/// leaves nothing behind that a second run would double. <see cref="JobFailedException"/> fails the job with a sentence for the customer;
/// anything else has it tried again.
/// </param>
public sealed record JobKind(string Name, Func<JobContext, ValueTask<JsonObject?>> Run);

/// <summary>The job cannot be done yet.</summary>
/// <param name="rest">When it is taken again at the earliest.</param>
/// <param name="isCounted">False when it was not even tried.</param>
public sealed class JobWaitsException(TimeSpan rest, bool isCounted) : Exception("The job waits.")
{
    public TimeSpan Rest => rest;
    public bool IsCounted => isCounted;
}

/// <summary>The job cannot be done, and a second try would not change that.</summary>
/// <param name="message">A sentence for the customer.</param>
public sealed class JobFailedException(string message) : Exception(message);
