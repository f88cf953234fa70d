namespace Ringwright.Http;

/// <summary>Turns what the schema check found into problems with the dialect's codes.</summary>
internal static class SchemaFaults
{
    public static IReadOnlyList<Problem> Of(IReadOnlyList<Violation> violations, Operation operation, ErrorCatalogue errors) =>
        [.. violations.Select(v => new Problem(CodeOf(v, operation, errors), v.Detail)
        {
            Pointer = v.Pointer, Status = operation.BadBodyStatus, Word = operation.WordOf(v.Pointer)
        })];

    private static string CodeOf(Violation violation, Operation operation, ErrorCatalogue errors) =>
        violation.Kind is not ViolationKind.Missing && violation.Field is { } field && operation.FieldCodes.TryGetValue(field, out var own)
            ? own
            : errors.CodeOf(Of(violation.Kind));

    private static Fault Of(ViolationKind kind) => kind switch
    {
        ViolationKind.Missing => Fault.MissingField,
        ViolationKind.NotText => Fault.NotText,
        ViolationKind.WrongType => Fault.WrongType,
        ViolationKind.NotInEnum => Fault.NotInEnum,
        ViolationKind.Length => Fault.BadLength,
        ViolationKind.Range => Fault.BadRange,
        ViolationKind.Pattern => Fault.BadPattern,
        ViolationKind.BadId => Fault.BadId,
        ViolationKind.BadUrl => Fault.BadUrl,
        ViolationKind.BadEmail => Fault.BadEmail,
        ViolationKind.BadNumber => Fault.BadNumber,
        ViolationKind.Items => Fault.BadItems,
        ViolationKind.NoAlternative => Fault.NoAlternative,
        _ => Fault.BadFormat,
    };
}
