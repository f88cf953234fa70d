using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Edge.Store;

/// <summary>An area that the product knows nothing of: all of it is in this folder.</summary>
internal static class NotesArea
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string Old = """
        delete from rw_note where tenant_id = @tenant and id in (
            select id from rw_note where tenant_id = @tenant and created_at < @before order by created_at, id limit @step)
        """;

    private static readonly StoreTable Colours = new("rw_note_colour")
    {
        TenantColumn = null, IsBeforeResources = true,
        Columns = [Text("id"), Text("name"), Time("created_at")],
    };

    private static readonly StoreTable Notes = new("rw_note")
    {
        Columns = [Text("id"), Text("tenant_id"), Text("colour_id"), Text("words"), Time("created_at")],
    };

    private static readonly IReadOnlyList<Migration> Migrations = Migration.Embedded(typeof(NotesArea).Assembly, "Notes");

    /// <summary>As it was first released.</summary>
    public static readonly StoreArea First = new("notes")
    {
        Migrations = [Migrations[0]],
        Tables = [Colours, Notes],
        Aged = [new("notes", Old) { Kept = _ => Kept }],
    };

    /// <summary>As it is now.</summary>
    public static readonly StoreArea Second = First with
    {
        Migrations = Migrations,
        Tables = [Colours, Notes with { Columns = [.. Notes.Columns, Truth("is_done").Optional] }],
    };
}

/// <summary>The area's rows, by what the store has for modules.</summary>
internal sealed class NoteTable(Database database)
{
    private const string InsertColour = "insert into rw_note_colour (id, name, created_at) values (@id, @name, @at)";
    private const string Insert =
        "insert into rw_note (tenant_id, id, colour_id, words, created_at) values (@tenant, @id, @colour, @words, @at)";
    private const string SelectOf = "select words from rw_note where tenant_id = @tenant and colour_id in @colours order by created_at, id";

    public ValueTask<int> AddColourAsync(string id, CancellationToken stop) =>
        database.Sql.WriteAsync(
            db => db.Execute(InsertColour, new { id, name = $"the colour {id}", at = Times.Text(database.Time.GetUtcNow()) }), stop);

    public ValueTask<int> AddAsync(TenantId tenant, string colour, string words, CancellationToken stop)
    {
        var row = new { tenant, id = Guid.NewGuid().ToString(), colour, words, at = Times.Text(database.Time.GetUtcNow()) };
        return database.Sql.WriteAsync(db => db.Execute(Insert, row), stop);
    }

    public ValueTask<string> ListAsync(TenantId tenant, CancellationToken stop, params string[] colours) =>
        database.Sql.ReadAsync(
            db => string.Join(", ", db.Query<string>(SelectOf, new { tenant, colours = new InList<string>(colours) })), stop);
}
