namespace Ringwright.Store.Engines;

/// <summary>
/// Expressions over the column <c>doc</c> and over typed columns, in a product's own words. A path is the name of a parameter that holds
/// <see cref="PathOf"/>; a value is the name of a parameter too.
/// </summary>
internal interface IDocumentSql
{
    /// <summary>What a path's parameter holds.</summary>
    string PathOf(IReadOnlyList<string> keys);

    /// <summary>The text of what is at the path: "true", "1.5", the string itself; null when nothing is there.</summary>
    string Text(string path);

    /// <summary>
    /// The same text at a path that a kind has declared ("status", "settings.mode"), without a parameter: as the index has it that
    /// <c>-- @filter</c> of a migration makes.
    /// </summary>
    string Filter(string path);

    /// <summary>The text of a column that holds a time, as <see cref="Times"/> writes it.</summary>
    string TimeText(string column);

    /// <summary>A parameter that holds such a text, to be compared with a column that holds a time.</summary>
    string Moment(string value);

    /// <summary>True when an array is at the path and one of its elements, or a field of an object in it, has one of the texts.</summary>
    string ArrayHolds(string path, string values);

    /// <summary>Compares by number when a number is at the path, else by text.</summary>
    string Compare(string path, string sign, string number, string text);

    /// <summary>The same for a column of unknown type.</summary>
    string CompareColumn(string column, string sign, string number, string text);

    /// <summary>True when a text fits a pattern of SQL (% for any characters, _ for one), letter for letter.</summary>
    /// <param name="pattern">A parameter that holds <see cref="PatternOf"/>.</param>
    string Fits(string text, string pattern);

    /// <summary>What a pattern's parameter holds.</summary>
    string PatternOf(string pattern);

    /// <summary>
    /// As <see cref="Fits"/>, whatever the size of letters, as far as the product knows their sizes: of all, or of those from a to z.
    /// </summary>
    /// <param name="pattern">A parameter that holds the pattern, a backslash before each that it has.</param>
    string FitsAnyCase(string text, string pattern);

    /// <summary>What to order by, without direction: numbers by value, text by its code points.</summary>
    IReadOnlyList<string> Order(string path);
}
