using System.Text.Json.Nodes;

namespace Ringwright.Store.Snapshots;

/// <summary>A column that is encrypted at rest. A snapshot has it in the clear, because another installation has another key.</summary>
/// <param name="PurposeOf">The purpose that it is sealed for, of the row.</param>
/// <param name="IsText">False for bytes, which a snapshot has in base64.</param>
public sealed record SealedColumn(string Name, Func<JsonObject, string> PurposeOf, bool IsText = true);
