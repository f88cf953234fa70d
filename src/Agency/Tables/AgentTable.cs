using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What an agent is to say and how, and whose it is.</summary>
internal sealed record AgentRow
{
    public const string Internal = "internal";

    /// <summary>What becomes of a machine that answers: nobody finds out, or it is hung up on, or left a message.</summary>
    public const string Continue = "continue", HangUp = "hangup", LeaveMessage = "leave_message";

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string Name { get; init; } = "";
    /// <summary>By which whoever speaks for it knows it; its own id where that is the node.</summary>
    public string ProviderId { get; init; } = "";
    /// <summary>Who speaks for it: a provider of voices, or the node.</summary>
    public string VoiceProvider { get; init; } = Internal;
    /// <summary>It was made here.</summary>
    public bool IsManaged { get; init; } = true;
    public string? ClientId { get; init; }
    public string? CampaignId { get; init; }
    public string? DefaultDirection { get; init; }
    public string? SystemPrompt { get; init; }
    public string? Voice { get; init; }
    public string LanguageHint { get; init; } = "en";
    /// <summary>In hundredths.</summary>
    public long Temperature { get; init; } = 40;
    public string? FirstSpeakerText { get; init; }
    public long MaxDurationSeconds { get; init; } = 3600;
    public string VoicemailPolicy { get; init; } = HangUp;
    public string? VoicemailMessage { get; init; }
    /// <summary>A list of the ids of its tools.</summary>
    public string Tools { get; init; } = "[]";
    /// <summary>A list of people to whom it may hand the call on: <c>name</c> and <c>phone_number</c>; null for none.</summary>
    public string? Transfers { get; init; }
    /// <summary>What it says and asks where it thinks by steps and not by a model: <c>start</c> and <c>steps</c>; null for none.</summary>
    public string? Script { get; init; }
    /// <summary>When its provider has last told of it; null for one that was made here.</summary>
    public DateTimeOffset? LastSyncedAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Which agents are asked for; what is empty leaves out none.</summary>
internal sealed record AgentSearch(string Client, string Campaign = "", string Direction = "")
{
    /// <summary>A part of the name, in any case.</summary>
    public string Text { get; init; } = "";
    /// <summary>Those that were made here, or those that are a provider's; null for both.</summary>
    public bool? IsManaged { get; init; }
}

/// <summary>What came of deleting an agent.</summary>
internal enum AgentRemoval { Done, Unknown, InUse }

/// <summary>Agents of an agency. One that was deleted stays, for what named it, and is shown no more.</summary>
internal sealed class AgentTable(Database store)
{
    internal const string Columns = """
        id, tenant_id, ultravox_agent_name as name, ultravox_agent_id as provider_id, voice_provider, managed as is_managed, client_id,
            campaign_id, cast(default_direction as text) as default_direction,
            system_prompt, voice, language_hint, temperature, first_speaker_text, max_duration_seconds, voicemail_policy,
            voicemail_message, tools, transfers, script, last_synced_at, created_at, updated_at
        """;
    internal const string SelectById =
        $"select {Columns} from agent_mappings where tenant_id = @tenant and id = @id and deleted_at is null";
    private const string Of = """
        from agent_mappings where tenant_id = @tenant and deleted_at is null and (@client = '' or client_id = @client)
            and (@campaign = '' or campaign_id = @campaign) and (@direction = '' or cast(default_direction as text) = @direction)
            and (@search = '' or lower(ultravox_agent_name) like @search escape '\') and (@isAny = 1 or managed = @managed)
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string Insert = """
        insert into agent_mappings (id, tenant_id, ultravox_agent_id, ultravox_agent_name, voice_provider, client_id, campaign_id,
            default_direction, system_prompt, voice, language_hint, temperature, first_speaker_text, max_duration_seconds, tools, managed,
            voicemail_policy, voicemail_message, transfers, script, created_at, updated_at)
        values (@id, @tenant, @id, @name, 'internal', @client, @campaign, @direction, @prompt, @voice, @language, @temperature, @speech,
            @longest, @tools, true, @machines, @message, @transfers, @script, @at, @at)
        """;
    internal const string Update = """
        update agent_mappings set ultravox_agent_name = @name, client_id = @client, campaign_id = @campaign,
            default_direction = @direction, system_prompt = @prompt, voice = @voice, language_hint = @language,
            temperature = @temperature, first_speaker_text = @speech, max_duration_seconds = @longest,
            tools = @tools, voicemail_policy = @machines, voicemail_message = @message, transfers = @transfers,
            script = @script, updated_at = @at
        where tenant_id = @tenant and id = @id and deleted_at is null
        """;
    internal const string CountOpenBatches = """
        select count(*) from call_batches where tenant_id = @tenant and agent_mapping_id = @id
            and cast(status as text) not in ('completed', 'failed')
        """;
    internal const string CountOfClient =
        "select count(*) from agent_mappings where tenant_id = @tenant and client_id = @client and deleted_at is null";
    /// <summary>Of clients but one.</summary>
    internal const string CountForOthers = $"{CountOpenBatches} and client_id <> @client";
    internal const string FreeNumbers = """
        update agency_phone_numbers set agent_mapping_id = null, updated_at = @at where tenant_id = @tenant and agent_mapping_id = @id
        """;
    internal const string Remove =
        "update agent_mappings set deleted_at = @at, updated_at = @at where tenant_id = @tenant and id = @id and deleted_at is null";

    public ValueTask<AgentRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Find(db, agency, id), stop);

    public ValueTask<(IReadOnlyList<AgentRow> Rows, long Total)> ListAsync(TenantId agency, AgentSearch search, int offset, int limit,
        CancellationToken stop)
    {
        var which = new
        {
            tenant = agency, client = search.Client, campaign = search.Campaign, direction = search.Direction,
            search = ToolTable.Like(search.Text), isAny = search.IsManaged is null ? 1 : 0, managed = search.IsManaged ?? true,
            offset, limit,
        };
        return store.Sql.ReadAsync<(IReadOnlyList<AgentRow>, long)>(
            db => (db.Query<AgentRow>(store.Sql.Folded(SelectPage), which).AsList(),
                db.ExecuteScalar<long>(store.Sql.Folded(Count), which)), stop);
    }

    /// <param name="may">Asked first in the transaction, and maybe again; null for yes.</param>
    /// <returns>False where it may not.</returns>
    public ValueTask<bool> AddAsync(AgentRow agent, AuditNote note, CancellationToken stop,
        Func<IDbConnection, bool>? may = null) => store.Sql.WriteAsync(db =>
    {
        if (may?.Invoke(db) is false) return false;
        db.Execute(Insert, Values(agent));
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    /// <param name="change">Null where it is not to be.</param>
    /// <param name="may">Whether it may become that, asked in the transaction, and maybe again; null for yes.</param>
    /// <returns>Null when there is no such agent, or nothing was to be changed.</returns>
    public ValueTask<AgentRow?> ChangeAsync(TenantId agency, Guid id, Func<AgentRow, AgentRow?> change,
        Func<AgentRow, AgentRow, AuditNote> note, CancellationToken stop,
        Func<IDbConnection, AgentRow, AgentRow, bool>? may = null) => store.Sql.WriteAsync(db =>
    {
        if (Find(db, agency, id) is not { } before || change(before) is not { } changed || may?.Invoke(db, before, changed) is false)
            return null;
        var after = changed with { UpdatedAt = RowVersion.Next(before.UpdatedAt, changed.UpdatedAt) };
        db.Execute(Update, Values(after));
        AuditTable.Write(db, note(before, after));
        return after;
    }, stop);

    /// <summary>Its numbers are nobody's afterwards.</summary>
    public ValueTask<AgentRemoval> RemoveAsync(TenantId agency, Guid id, DateTimeOffset at, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            var which = new { tenant = agency, id, at };
            TenancyTable.TakeTurn(db, agency);
            if (db.ExecuteScalar<long>(CountOpenBatches, which) > 0) return AgentRemoval.InUse;
            if (db.Execute(Remove, which) == 0) return AgentRemoval.Unknown;
            db.Execute(FreeNumbers, which);
            AuditTable.Write(db, note);
            return AgentRemoval.Done;
        }, stop);

    internal static long CountOf(IDbConnection db, TenantId agency, string client) =>
        db.ExecuteScalar<long>(CountOfClient, new { tenant = agency, client });

    /// <summary>A batch of a client but this one, which is not over, has the agent.</summary>
    internal static bool CallsForOthers(IDbConnection db, TenantId agency, Guid id, string client) =>
        db.ExecuteScalar<long>(CountForOthers, new { tenant = agency, id, client }) > 0;

    internal static AgentRow? Find(IDbConnection db, TenantId agency, Guid id) =>
        db.QueryFirstOrDefault<AgentRow>(SelectById, new { tenant = agency, id });

    private static object Values(AgentRow agent) => new
    {
        id = agent.Id, tenant = agent.TenantId, name = agent.Name, client = agent.ClientId, campaign = agent.CampaignId,
        direction = agent.DefaultDirection,
        prompt = agent.SystemPrompt, voice = agent.Voice, language = agent.LanguageHint, temperature = agent.Temperature,
        speech = agent.FirstSpeakerText, longest = agent.MaxDurationSeconds, tools = agent.Tools,
        machines = agent.VoicemailPolicy, message = agent.VoicemailMessage, transfers = agent.Transfers, script = agent.Script,
        at = agent.UpdatedAt,
    };
}
