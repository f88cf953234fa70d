using System.Text;
using Ringwright.Server.Modules;
using Ringwright.Store.Areas;
using Ringwright.Store.Snapshots;

namespace Ringwright.Contract.Reference;

/// <summary>Writes the reference of a snapshot's lines from the tables that they go into.</summary>
internal static class SnapshotPage
{
    public static string Write()
    {
        var text = new StringBuilder("""
            # Lines of a snapshot

            Each line is an object with one member, named by its kind. How to use snapshots: [back up and restore](../how-to/back-up-and-restore.md).
            Members in bold must be given by who writes a file by hand; `id`, `created_at`, `updated_at` and `revision` are made where they are missing, and
            `"tenant": "NAME"` stands for `tenant_id` everywhere.

            Plain resources, each with `id`, `tenant_id`, `created_at`, `updated_at`, `revision` and the API's fields as `body`, and where the body does
            not say all, what it leaves out as `columns` and what other APIs say as `documents`, in this order:
            `outbound_voice_profile`, `call_control_application`, `texml_application`, `credential_connection`, `ip_connection`, `fqdn_connection`, `ip`, `fqdn`, `credential`, `phone_number`.

            `file`: `path` below `media/` or `recordings/`, `content` (base64, a part of the file), and in the last part `sha256` of the whole file.

            ## Rows

            | kind | members |
            |---|---|

            """);
        var areas = StoreAreas.Join(NodeModules.Areas);
        foreach (var table in areas.BeforeResources.Concat(areas.AfterResources))
            text.Append($"| `{table.Kind}` | {string.Join(", ", table.Columns.Select(c => Member(table, c)))} |\n");
        text.Append("\n## Left out\n\n| table | why |\n|---|---|\n");
        foreach (var table in areas.Tables.Where(t => t.LeftOut is not null)) text.Append($"| `{table.Name}` | {table.LeftOut} |\n");
        return text.ToString();
    }

    private static string Member(StoreTable table, TableColumn column)
    {
        string kind = column.Kind switch
        {
            TableColumnKind.Whole => "number",
            TableColumnKind.Truth => "true or false",
            TableColumnKind.Time => "time",
            TableColumnKind.Json => table.Lists.Contains(column.Name) ? "list" : "object",
            _ => "text"
        };
        string secret = table.Sealed.Any(s => s.Name == column.Name) ? ", secret" : "";
        bool isMade = column.Name is "id" or "tenant_id" or "created_at" or "updated_at" or "revision";
        return column.IsRequired && !isMade ? $"**`{column.Name}`** ({kind}{secret})" : $"`{column.Name}` ({kind}{secret})";
    }
}
