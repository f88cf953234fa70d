using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Jobs;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>
/// All that the pipeline must know of one API: its contract, its tables, and the few questions that only the dialect can answer.
/// </summary>
public sealed record Dialect
{
    /// <summary>For logs and metrics, in lower case.</summary>
    public required string Name { get; init; }
    /// <summary>For people.</summary>
    public string Title { get => field ?? Name; init; }
    /// <summary>The prefix of every path: "/v2".</summary>
    public required string Root { get; init; }
    /// <summary>The same at a host name of the API's own, as its original has it; null where <see cref="Root"/> is that.</summary>
    public string? RootAtHost => Root.StartsWith($"/{Name}/", StringComparison.Ordinal) ? Root[(Name.Length + 1)..] : null;
    public required Contract Contract { get; init; }
    public required ErrorCatalogue Errors { get; init; }
    /// <summary>How requests and replies are written, beside what the contract says.</summary>
    public required ApiForm Form { get; init; }
    public required BindingTable Bindings { get; init; }
    /// <summary>With the dialect's source-generated contexts as resolver.</summary>
    public required JsonSerializerOptions Json { get; init; }
    /// <summary>Where the rows of a kind live.</summary>
    public required Func<ResourceKind, IResourceRows> Rows { get; init; }

    /// <summary>
    /// Whether a resource that the account does not have is another one's, which is then said; null where it is as if there were none.
    /// </summary>
    public Func<ResourceKind, TenantId, string, CancellationToken, ValueTask<bool>>? IsForeign { get; init; }

    /// <summary>The work that the dialect gives to jobs.</summary>
    public IReadOnlyList<JobKind> Jobs { get; init; } = [];

    /// <summary>How the subjects of <see cref="Binding.Act"/> operations are named, by kind.</summary>
    public IReadOnlyList<SubjectToken> Subjects { get; init; } = [];
    /// <summary>The dialect's table of refusals.</summary>
    public Func<Refusal, Problem> Refuse { get; init; } = static refusal => new(refusal.ToString());
    /// <summary>The reply to an accepted command.</summary>
    public Func<OperationContext, SubjectCommand, Reply> Acknowledge { get; init; } = static (op, _) => op.NoContent();

    /// <summary>How many of the contract's operations are in, and how many there are.</summary>
    public (int Real, int Total) Count() => (Contract.Operations.Count(operation => Bindings[operation].IsReal), Contract.Operations.Count);
}

/// <summary>How a dialect names the subjects of one kind.</summary>
/// <param name="Parameter">Path parameter that holds the token.</param>
/// <param name="Find">Reads a token; null when we never minted it for this tenant.</param>
public sealed record SubjectToken(SubjectKind Kind, string Parameter, Func<TenantId, string, Subject?> Find)
{
    /// <summary>What the kind's refusals are called, where that is not what <see cref="Dialect.Refuse"/> says.</summary>
    public Func<Refusal, Problem>? Refuse { get; init; }
}
