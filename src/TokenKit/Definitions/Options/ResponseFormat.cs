namespace TokenKit;

/// <summary>How the body of an answer is written: the values of <see cref="TokenResponseOptions.Format"/>.</summary>
public enum ResponseFormat
{
    /// <summary>JSON: an object, a list or a single value. <c>json</c> in configuration.</summary>
    Json,

    /// <summary>Fields, form-urlencoded. <c>form</c> in configuration.</summary>
    Form,

    /// <summary>XML: the root is the first name, an attribute is <c>['$name']</c>. <c>xml</c> in configuration.</summary>
    Xml,

    /// <summary>One text. <c>text</c> in configuration.</summary>
    Text,
}
