using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What is done with the agents that a provider has.</summary>
/// <param name="Imports">Those that nobody knows here come to be.</param>
/// <param name="Updates">Those that are known become what they are there.</param>
/// <param name="Removes">Those that the provider has no more are deleted.</param>
internal readonly record struct AgentStep(bool Imports, bool Updates, bool Removes);

/// <summary>What came of it, each agent counted once.</summary>
/// <param name="Skipped">They are as they were: nothing differed, or it was not to be, or somebody has deleted them here.</param>
/// <param name="Orphans">The provider has them no more, and they are still there.</param>
internal sealed record AgentsInStep(int Imported, int Updated, int Skipped, int Orphans, int Removed)
{
    public bool HasChanged => Imported + Updated + Removed > 0;
}

/// <summary>Agents that are a provider's, as it shows them.</summary>
internal sealed class ProviderAgentTable(Database store)
{
    internal const string SelectAll = $"""
        select {AgentTable.Columns} from agent_mappings
        where tenant_id = @tenant and voice_provider = 'ultravox' and deleted_at is null order by created_at, id
        """;
    /// <summary>One that was deleted here stays so.</summary>
    internal const string Insert = """
        insert into agent_mappings (id, tenant_id, ultravox_agent_id, ultravox_agent_name, voice_provider, system_prompt, voice,
            language_hint, temperature, first_speaker_text, max_duration_seconds, tools, managed, last_synced_at, created_at, updated_at)
        values (@id, @tenant, @known, @name, 'ultravox', @prompt, @voice, @language, @temperature, @speech, @longest, '[]', false, @at, @at,
            @at)
        on conflict (tenant_id, ultravox_agent_id) do nothing
        """;
    internal const string Update = """
        update agent_mappings set ultravox_agent_name = @name, system_prompt = @prompt, voice = @voice, language_hint = @language,
            temperature = @temperature, first_speaker_text = @speech, max_duration_seconds = @longest, updated_at = @at
        where tenant_id = @tenant and id = @id and deleted_at is null
        """;
    internal const string See = "update agent_mappings set last_synced_at = @at where tenant_id = @tenant and id = @id";

    /// <param name="told">Those that the provider has, each once.</param>
    /// <param name="named">All that it has named, also where it cannot be read what they are.</param>
    /// <param name="note">Is asked where something has changed.</param>
    public ValueTask<AgentsInStep> BringAsync(TenantId agency, IReadOnlyCollection<AgentRow> told, IReadOnlySet<string> named,
        AgentStep step, DateTimeOffset at, Func<AgentsInStep, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var known = db.Query<AgentRow>(SelectAll, new { tenant = agency }).ToDictionary(row => row.ProviderId, StringComparer.Ordinal);
        int imported = 0, updated = 0, skipped = 0, orphans = 0, removed = 0;
        foreach (var one in told)
        {
            int done;
            if (known.TryGetValue(one.ProviderId, out var before))
            {
                var after = Like(one, before);
                done = step.Updates && after != before
                    ? db.Execute(Update, Values(agency, after, RowVersion.Next(before.UpdatedAt, at))) : 0;
                updated += done;
                db.Execute(See, new { tenant = agency, id = before.Id, at });
            }
            else
            {
                // In the provider's order.
                done = step.Imports
                    ? db.Execute(Insert, Values(agency, one with { Id = Guid.CreateVersion7(at) }, at.AddMicroseconds(imported))) : 0;
                imported += done;
            }
            if (done == 0) skipped++;
        }
        foreach (var orphan in known.Values.Where(row => !named.Contains(row.ProviderId)))
        {
            var which = new { tenant = agency, id = orphan.Id, at };
            if (!step.Removes || db.ExecuteScalar<long>(AgentTable.CountOpenBatches, which) > 0)
            {
                orphans++;
                continue;
            }
            removed += db.Execute(AgentTable.Remove, which);
            db.Execute(AgentTable.FreeNumbers, which);
        }
        var all = new AgentsInStep(imported, updated, skipped, orphans, removed);
        if (all.HasChanged) AuditTable.Write(db, note(all));
        return all;
    }, stop);

    /// <summary>What the provider says of it; what it is here stays.</summary>
    private static AgentRow Like(AgentRow told, AgentRow before) => before with
    {
        Name = told.Name,
        SystemPrompt = told.SystemPrompt,
        Voice = told.Voice,
        LanguageHint = told.LanguageHint,
        Temperature = told.Temperature,
        FirstSpeakerText = told.FirstSpeakerText,
        MaxDurationSeconds = told.MaxDurationSeconds,
    };

    private static object Values(TenantId agency, AgentRow agent, DateTimeOffset at) => new
    {
        id = agent.Id, tenant = agency, known = agent.ProviderId, name = agent.Name, prompt = agent.SystemPrompt, voice = agent.Voice,
        language = agent.LanguageHint, temperature = agent.Temperature, speech = agent.FirstSpeakerText,
        longest = agent.MaxDurationSeconds, at,
    };
}
