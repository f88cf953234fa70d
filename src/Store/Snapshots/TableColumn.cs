namespace Ringwright.Store.Snapshots;

/// <summary>What a column holds, whatever type a database has for it.</summary>
public enum TableColumnKind { Text, Whole, Truth, Time, Json }

/// <summary>A column as a snapshot has it.</summary>
/// <param name="IsRequired">A row needs a value: the column takes no null and has no default.</param>
public sealed record TableColumn(string Name, TableColumnKind Kind, bool IsRequired)
{
    /// <summary>
    /// Its default is not null, and null means something: a snapshot says null, and a line without the column is one of before it.
    /// </summary>
    public bool KeepsNull { get; init; }

    public TableColumn Optional => this with { IsRequired = false };

    public TableColumn Nullable => Optional with { KeepsNull = true };

    public static TableColumn Text(string name) => new(name, TableColumnKind.Text, IsRequired: true);

    public static TableColumn Whole(string name) => new(name, TableColumnKind.Whole, IsRequired: true);

    public static TableColumn Truth(string name) => new(name, TableColumnKind.Truth, IsRequired: true);

    public static TableColumn Time(string name) => new(name, TableColumnKind.Time, IsRequired: true);

    public static TableColumn Json(string name) => new(name, TableColumnKind.Json, IsRequired: true);
}
